//===- CacheTest.cpp ------------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lib/Runtime/Cache.h"
#include "Images.h"
#include "lib/Runtime/Log.h"
#include "lib/Runtime/Sha256.h"

#include <mutex>
#include <sys/wait.h>
#include <thread>

using namespace tegula::runtime;
using namespace tegula::runtime::test;

namespace {

/// Collects what is logged while it lives.
class LogCapture {
public:
  LogCapture() {
    setLogCallback(
        [](void *self, const char *message) {
          auto *capture = static_cast<LogCapture *>(self);
          std::lock_guard lock(capture->mutex);
          capture->lines.push_back(message);
        },
        this);
  }
  ~LogCapture() { setLogCallback(nullptr, nullptr); }
  std::vector<std::string> lines;

private:
  std::mutex mutex;
};

std::string imageOf(const std::string &name) {
  KernelImage image = gpuImage();
  image.metadata.name = name;
  image.setSection("tile", std::string(20000, name.empty() ? 'x' : name[0]));
  return image.serialize();
}

TEST(Sha256, StandardVectors) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Cache, GivesBackWhatWasPut) {
  TemporaryFolder folder;
  Cache cache(folder / "deep/er");
  EXPECT_EQ(cache.get("key"), std::nullopt);
  ASSERT_TRUE(cache.put("key", imageOf("a")).ok());
  EXPECT_EQ(cache.get("key"), imageOf("a"));
  EXPECT_EQ(cache.get("other"), std::nullopt);
  ASSERT_TRUE(cache.put("key", imageOf("b")).ok());
  EXPECT_EQ(cache.get("key"), imageOf("b"));
  EXPECT_EQ(cache.get(std::string_view("key\0more", 8)), std::nullopt);
}

TEST(Cache, DamagedEntriesAreMissesAndAreRemoved) {
  TemporaryFolder folder;
  Cache cache(folder.path());
  ASSERT_TRUE(cache.put("key", imageOf("a")).ok());
  std::string path = cache.pathOf("key"), whole = imageOf("a");
  std::string flipped = whole;
  flipped[whole.size() / 2] ^= 1;
  for (const std::string &damaged : {whole.substr(0, whole.size() / 2), flipped, std::string("text"), std::string()}) {
    LogCapture log;
    ASSERT_TRUE(writeFileAtomically(path, damaged).ok());
    EXPECT_EQ(cache.get("key"), std::nullopt);
    ASSERT_EQ(log.lines.size(), 1u);
    EXPECT_TRUE(log.lines[0].starts_with("damaged cache file: " + path + ": ")) << log.lines[0];
    EXPECT_TRUE(log.lines[0].ends_with("; removed, compiling again")) << log.lines[0];
    EXPECT_FALSE(std::filesystem::exists(path));
    ASSERT_TRUE(cache.put("key", whole).ok());
    EXPECT_EQ(cache.get("key"), whole);
    EXPECT_EQ(log.lines.size(), 1u);
  }
}

TEST(Cache, WithoutADirectoryNothingIsKept) {
  LogCapture log;
  Cache cache("");
  EXPECT_TRUE(cache.put("key", imageOf("a")).ok());
  EXPECT_EQ(cache.get("key"), std::nullopt);
  EXPECT_TRUE(log.lines.empty());
}

TEST(Cache, FolderThatCannotBeMadeIsSaidOnce) {
  TemporaryFolder folder;
  ASSERT_TRUE(writeFileAtomically(folder / "file", "").ok());
  Cache cache(folder / "file/cache"); // below a file: fails for root too
  LogCapture log;
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(cache.put("key" + std::to_string(i), imageOf("a")).ok());
    EXPECT_EQ(cache.get("key"), std::nullopt);
  }
  ASSERT_EQ(log.lines.size(), 1u);
  EXPECT_TRUE(log.lines[0].starts_with("cannot write to the cache folder '" + folder / "file/cache" + "': "))
      << log.lines[0];
  EXPECT_TRUE(log.lines[0].ends_with("; compiled kernels are not kept")) << log.lines[0];
}

TEST(Cache, DirectoryComesFromTheEnvironment) {
  struct Restore {
    std::vector<std::pair<std::string, std::string>> saved;
    Restore() {
      for (const char *name : {"TEGULA_CACHE_DIR", "TRITON_CACHE_DIR", "XDG_CACHE_HOME", "HOME"}) {
        saved.emplace_back(name, getenv(name) ? getenv(name) : "");
        unsetenv(name);
      }
    }
    ~Restore() {
      for (auto &[name, value] : saved)
        value.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), value.c_str(), 1);
    }
  } restore;
  EXPECT_EQ(Cache::defaultDirectory(), "");
  setenv("HOME", "/home/me", 1);
  EXPECT_EQ(Cache::defaultDirectory(), "/home/me/.cache/tegula");
  setenv("XDG_CACHE_HOME", "relative", 1);
  EXPECT_EQ(Cache::defaultDirectory(), "/home/me/.cache/tegula");
  setenv("XDG_CACHE_HOME", "/xdg", 1);
  EXPECT_EQ(Cache::defaultDirectory(), "/xdg/tegula");
  setenv("TRITON_CACHE_DIR", "/triton", 1);
  EXPECT_EQ(Cache::defaultDirectory(), "/triton/tegula");
  setenv("TEGULA_CACHE_DIR", "/own", 1);
  EXPECT_EQ(Cache::defaultDirectory(), "/own");
}

TEST(Cache, ManyProcessesAndThreadsOnTheSameKeys) {
  TemporaryFolder folder;
  std::vector<pid_t> children;
  for (int process = 0; process < 6; ++process) {
    pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      alarm(50);
      Cache cache(folder.path());
      std::atomic<int> wrong{0};
      std::vector<std::thread> threads;
      for (int thread = 0; thread < 3; ++thread)
        threads.emplace_back([&, thread] {
          for (int round = 0; round < 60; ++round) {
            std::string key = "key" + std::to_string(round % 3);
            std::string mine = imageOf(std::string(1, char('a' + (process + thread + round) % 20)));
            wrong += !cache.put(key, mine).ok();
            auto found = cache.get(key);
            // Another's image is fine, half of one is not.
            wrong += !found || !KernelImage::parse(*found).ok();
          }
        });
      for (std::thread &thread : threads)
        thread.join();
      _exit(wrong == 0 ? 0 : 1);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }
  int files = 0;
  for (auto &entry : std::filesystem::recursive_directory_iterator(folder.path()))
    files += entry.is_regular_file();
  EXPECT_EQ(files, 3);
}

TEST(Cache, ThroughC) {
  TemporaryFolder folder;
  std::string image = imageOf("a");
  std::string directory = folder.path();
  void *data;
  size_t size;
  EXPECT_EQ(tegula_cache_get(directory.c_str(), "k", 1, &data, &size), TEGULA_CACHE_MISS);
  EXPECT_EQ(data, nullptr);
  EXPECT_EQ(tegula_cache_put(directory.c_str(), "k", 1, image.data(), image.size()), TEGULA_OK);
  ASSERT_EQ(tegula_cache_get(directory.c_str(), "k", 1, &data, &size), TEGULA_OK);
  EXPECT_EQ(std::string(static_cast<char *>(data), size), image);
  tegula_free(data);
  char hex[65];
  tegula_digest("abc", 3, hex);
  EXPECT_EQ(std::string(hex), sha256("abc"));
  char *where = tegula_cache_directory();
  EXPECT_EQ(where ? where : "", Cache::defaultDirectory());
  tegula_free(where);
}

} // namespace
