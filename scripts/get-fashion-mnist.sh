#!/bin/sh
# Puts Fashion-MNIST (31 MB) into a folder, data/fashion-mnist unless another is given, and checks
# every file's SHA-256. Takes it from the Debian package dataset-fashion-mnist where there is apt,
# which needs no installation, else from its public home.
#
#   scripts/get-fashion-mnist.sh [FOLDER]
#
# Then: ./dar info idx:data/fashion-mnist/train
set -eu

source_url=http://fashion-mnist.s3-website.eu-central-1.amazonaws.com
files='train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz t10k-images-idx3-ubyte.gz t10k-labels-idx1-ubyte.gz'

# By what is inside: the two homes of the data set pack the same bytes differently.
expected() {
  case $1 in
    train-images*) echo c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888 ;;
    train-labels*) echo bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9 ;;
    t10k-images*) echo 5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b ;;
    t10k-labels*) echo 0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34 ;;
  esac
}

sha256() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi | cut -d ' ' -f 1
}

is_good() {
  [ -f "$1" ] && [ "$(gunzip -c "$1" 2>/dev/null | sha256)" = "$(expected "$(basename "$1")")" ]
}

all_good() {
  for file in $files; do is_good "$1/$file" || return 1; done
}

from_debian() {
  command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1 || return 1
  installed=/usr/share/datasets/fashion-mnist
  if ! all_good "$installed"; then
    (cd "$temp" && apt-get -qq download dataset-fashion-mnist 2>/dev/null) || return 1
    dpkg -x "$temp"/dataset-fashion-mnist_*.deb "$temp/package" || return 1
    installed=$temp/package$installed
  fi
  for file in $files; do cp "$installed/$file" "$temp/$file" || return 1; done
}

from_internet() {
  for file in $files; do
    echo "downloading $source_url/$file" >&2
    if command -v curl >/dev/null 2>&1; then
      curl -fsSL -o "$temp/$file" "$source_url/$file" || return 1
    else
      wget -q -O "$temp/$file" "$source_url/$file" || return 1
    fi
  done
}

target=${1:-$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd)/data/fashion-mnist}
if all_good "$target"; then
  echo "$target is complete"
  exit 0
fi
mkdir -p "$target"
temp=$(mktemp -d "$target/.get.XXXXXX")
trap 'rm -rf "$temp"' EXIT
trap 'exit 130' INT TERM

if ! from_debian && ! from_internet; then
  echo "get-fashion-mnist: neither apt nor $source_url gives the data; install the Debian package dataset-fashion-mnist, or copy $files to $target" >&2
  exit 1
fi
for file in $files; do
  is_good "$temp/$file" || {
    echo "get-fashion-mnist: $file has another SHA-256 than it should; try again" >&2
    exit 1
  }
done
for file in $files; do mv "$temp/$file" "$target/$file"; done
printf '%s\n' T-shirt/top Trouser Pullover Dress Coat Sandal Shirt Sneaker Bag 'Ankle boot' >"$target/classes.txt"
echo "$target is complete"
