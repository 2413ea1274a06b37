x = f"a{b!r:>{w}.{p}}c{{d}}" "e" rf'\d{x=}' f'''{
    y = }''' u"\u00e4\N{DEGREE SIGN}\101\
" F"{f'{ {1: 2}[1] }'}" f"{lambda_:%Y-{m}}"
y = b'\x00\xff' rb'\d'
