#!/bin/bash
# Build the fuzz targets as OSS-Fuzz and ClusterFuzzLite want them: with CC, CXX, CFLAGS, CXXFLAGS and
# LIB_FUZZING_ENGINE, into OUT.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"
# The script stands in the tree, or beside it in the builder's image.
[ -f Makefile ] || cd "${SRC:-..}/interim" 2>/dev/null || cd ..
build=${WORK:-$(mktemp -d)}/interim

targets=$(make -s fuzz-targets)
make -s "BUILD=$build" seeds
# Where the targets run there is nothing but what lies beside them: libraries go along. Make reads the $
# twice.
make -j"$(nproc)" "BUILD=$build" "CC=$CC" "FUZZ_CXX=$CXX" "SAN=${CFLAGS:-} -O1 -g" \
  "FUZZ_ENGINE=${CXXFLAGS:-} $LIB_FUZZING_ENGINE -Wl,-rpath,'\$\$\$\$ORIGIN/lib'" fuzzers
mkdir -p "$OUT/lib"

for target in $targets; do
  cp "$build/fuzzers/$target" "$OUT/$target"
  ldd "$OUT/$target" | awk '$3 ~ "^/" && $1 !~ /^lib(c|m|dl|pthread|rt|resolv|gcc_s|stdc\+\+)\.so/ { print $3 }' |
    xargs -r cp -n -t "$OUT/lib"
  mapfile -t seeds < <(find "$build/seeds/$target" "fuzz/regress/$target" -type f ! -name '.*')
  python3 -m zipfile -c "$OUT/${target}_seed_corpus.zip" "${seeds[@]}"
  {
    printf '[libfuzzer]\nmax_len = 4096\n'
    [ ! -f "fuzz/$target.dict" ] || printf 'dict = %s.dict\n' "$target"
  } >"$OUT/$target.options"
  [ ! -f "fuzz/$target.dict" ] || cp "fuzz/$target.dict" "$OUT/$target.dict"
done
