"""Writes README's table of figures, the lines between its two markers, from kernels/bench/results/*.json.

With --check it changes nothing and fails when the lines are not what the results say.
"""

import argparse
import json
import pathlib
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "kernels" / "bench" / "results"
README = ROOT / "README.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
PEERS = {"triton": "Triton", "torch": "torch", "c": "C loop"}  # in the table's order
DTYPES = {"float16": "fp16", "bfloat16": "bf16", "float32": "fp32", "float64": "fp64"}


def time_text(microseconds):
    return f"{microseconds:.1f}" if microseconds < 1000 else f"{microseconds:,.0f}"


def rows_table(rows):
    """The rows of one machine: a line for each kernel and shape, a line for each kernel's geometric means."""
    peers = [peer for peer in PEERS if any(peer in entry["speedup"] for entry in rows)]
    peers += sorted({peer for entry in rows for peer in entry["speedup"]} - set(peers))
    threads = any("threads" in entry for entry in rows)
    head = ["kernel", "shape", "dtype", *(["threads"] if threads else []), "Tegula, µs"]
    for peer in peers:
        head += [f"{PEERS.get(peer, peer)}, µs", "ratio"]
    head.append("share of copy")
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * 3 + "---:|" * (len(head) - 3)]
    for entry in rows:
        cells = [entry["kernel"], "×".join(map(str, entry["shape"])), DTYPES.get(entry["dtype"], entry["dtype"])]
        cells += [str(entry.get("threads", ""))] if threads else []
        cells.append(time_text(entry["tegula_us"]))
        for peer in peers:
            told = peer in entry["speedup"]
            cells += [time_text(entry["peers_us"][peer]), f"{entry['speedup'][peer]:.2f}"] if told else ["", ""]
        cells.append(f"{entry['share_of_copy'] * 100:.0f} %" if "share_of_copy" in entry else "")
        lines.append("| " + " | ".join(cells) + " |")
    for kernel in dict.fromkeys(entry["kernel"] for entry in rows):
        own = [entry for entry in rows if entry["kernel"] == kernel and "threads" not in entry]
        if len(own) < 2:
            continue
        cells = [kernel, "geometric mean", ""] + [""] * (threads + 1)
        for peer in peers:
            ratios = [entry["speedup"][peer] for entry in own if peer in entry["speedup"]]
            cells += ["", f"**{statistics.geometric_mean(ratios):.3f}**" if ratios else ""]
        lines.append("| " + " | ".join([*cells, ""]) + " |")
    return lines


def launch_lines(told):
    """The host's time of a launch, in one sentence a contender."""
    median, extra = told.get("median_us", {}), told.get("extra_us", {})
    if not median:
        return []
    lines = ["", f"Launch of a ready kernel with {told.get('arguments', 13)} arguments, the host's time:", ""]
    lines += ["| | µs | above the driver |", "|---|---:|---:|"]
    names = {"driver": "the driver, from C", "tegula, C++": "Tegula, from C++", "tegula": "Tegula, from Python",
             "triton": "Triton, from Python", "torch.add": "`torch.add(out=)`"}  # fmt: skip
    for name, spelled in names.items():
        if name in median:
            more = f"{extra[name]:+.2f}" if name in extra else ""
            lines.append(f"| {spelled} | {median[name]:.2f} | {more} |")
    return lines


def compile_lines(told):
    """Cold compiles: RMSNorm, softmax by block, the first of a process, the command-line compiler."""
    lines = []
    if rmsnorm := told.get("rmsnorm_4096"):
        lines.append(
            f"| rmsnorm, block 4096, loaded | {number(rmsnorm.get('tegula_ms'))} | {number(rmsnorm.get('triton_ms'))} |"
        )
        lines.append(
            f"| of which up to PTX | {number(rmsnorm.get('tegula_to_ptx_ms'))} | "
            f"{number(rmsnorm.get('triton_to_ptx_ms'))} |"
        )
    softmax = told.get("softmax_ms", {})
    for block in softmax.get("tegula", {}):
        ours, theirs = softmax["tegula"][block], softmax.get("triton", {}).get(block)
        lines.append(f"| softmax, block {block} | {number(ours)} | {number(theirs)} |")
    if first := told.get("first_of_process"):
        ours, theirs = (first.get(who, {}).get("compile_ms") for who in ("tegula", "triton"))
        lines.append(f"| first compile of a process (rmsnorm) | {number(ours)} | {number(theirs)} |")
    if not lines:
        return []
    lines = ["", "Cold compiles, milliseconds:", "", "| | Tegula | Triton |", "|---|---:|---:|", *lines]
    if command := told.get("tegulac"):
        lines += ["", f"`tegulac` on rmsnorm, block 4096, to a cubin: {number(command['process_ms'])} ms for the whole "
                      f"process, {number(command['peak_MiB'])} MiB at its peak."]  # fmt: skip
    return lines


def number(value):
    if value is None:
        return ""
    return f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def section(results):
    """All that one results file says."""
    versions = results.get("versions", {})
    peers = [f"{name.capitalize() if name == 'triton' else name} {versions[name]}" for name in ("triton", "torch")
             if name in versions]  # fmt: skip
    if "compiler" in results:
        peers.append(f"{results['compiler']}, {results.get('flags', '')}".rstrip(", "))
    if "copy_GBps" in results:
        peers.append(f"copy {results['copy_GBps']:,.0f} GB/s")
    about = ", ".join([f"commit {results.get('commit', 'unknown')}", results.get("date", ""), *peers])
    lines = [f"**{results['device']}** ({about})", ""]
    lines += rows_table(results["rows"]) if results.get("rows") else ["No kernel was measured."]
    lines += launch_lines(results.get("launch_us") or {})
    lines += compile_lines(results.get("cold_compile") or {})
    for part, reason in results.get("failures", {}).items():
        lines += ["", f"Not measured: {part}: {' '.join(reason.split())}"]
    return lines


def table(folder=None):
    """The text between the markers, from every results file of the folder, by name."""
    lines = [
        "Ratio: the peer's time over Tegula's; above 1 Tegula is faster. Share of copy: of the bandwidth of a copy on "
        "the same device."
    ]
    files = sorted(pathlib.Path(folder or RESULTS).glob("*.json"))
    for path in files:
        lines += ["", *section(json.loads(path.read_text()))]
    return "\n".join(lines) if files else "No results are committed yet."


def updated(text, figures):
    """README's text with the figures between its markers. Raises ValueError without them."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md must hold the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"


def write(folder=None, readme=None):
    """Rewrites README's figures; True when that changed anything."""
    readme = pathlib.Path(readme or README)
    old = readme.read_text()
    new = updated(old, table(folder))
    if new != old:
        readme.write_text(new)
    return new != old


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; fail when README is stale")
    parser.add_argument("--results", type=pathlib.Path, default=RESULTS, help="folder of the results files")
    parser.add_argument("--readme", type=pathlib.Path, default=README)
    options = parser.parse_args(arguments)
    try:
        if options.check:
            text = options.readme.read_text()
            if updated(text, table(options.results)) != text:
                print("README.md's figures are stale: run kernels/bench/table.py", file=sys.stderr)
                return 1
        else:
            changed = write(options.results, options.readme)
            print(f"{options.readme.name}: {'written' if changed else 'nothing changed'}")
    except (OSError, ValueError, KeyError) as error:
        print(f"tegula: error: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
