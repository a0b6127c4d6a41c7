#!/bin/sh
# Installs dar for one user or for all: from a checkout, which it builds first, or from the
# unpacked zip.
#
#   scripts/install.sh [--prefix DIR]              default ~/.local
#   scripts/install.sh [--prefix DIR] --uninstall  removes what it has installed
#
# DIR gets lib/dar (the program), bin/dar (a link to it), share/man/man1/dar*.1 and the completion
# for bash and zsh. A dar that was there is replaced once the new one is complete and runs.
set -eu

fail() {
  echo "install.sh: $*" >&2
  exit 2
}

usage() {
  sed -n 's/^# \{0,1\}//; 2,9p' "$0"
}

prefix=${HOME:-}/.local
uninstall=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix)
      [ $# -ge 2 ] || fail "--prefix: give a folder"
      prefix=$2
      shift
      ;;
    --prefix=*) prefix=${1#*=} ;;
    --uninstall) uninstall=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) fail "unknown argument $1; there are --prefix DIR and --uninstall" ;;
  esac
  shift
done
case $prefix in
  '' | /) fail "--prefix '$prefix': give a folder, such as ~/.local or /usr/local" ;;
  /*) ;;
  *) prefix=$PWD/$prefix ;;
esac

home=$(CDPATH='' cd -- "$(dirname "$0")/.." && pwd -P)
program=$prefix/lib/dar
link=$prefix/bin/dar
# Relative, so that the whole tree can be moved.
target=../lib/dar/dar
man=share/man/man1
bash=share/bash-completion/completions/dar
zsh=share/zsh/site-functions/_dar
list=installed.txt

ours() {
  [ "$(readlink "$link" 2>/dev/null)" = "$target" ]
}

# Removes the pages and completions that an earlier run has noted.
remove_shared() {
  if [ -f "$program/$list" ]; then
    while read -r file; do rm -f "$prefix/$file"; done <"$program/$list"
  fi
}

if [ -n "$uninstall" ]; then
  [ -f "$program/$list" ] || fail "$program holds no dar that this script has installed"
  remove_shared
  if ours; then rm -f "$link"; fi
  rm -rf "$program"
  echo "removed dar from $prefix"
  exit 0
fi

if [ -e "$program" ] && [ ! -f "$program/$list" ]; then
  fail "$program is there and not from this script; move it away or give another --prefix"
fi
if { [ -e "$link" ] || [ -h "$link" ]; } && ! ours; then
  fail "$link is there and not from this script; move it away or give another --prefix"
fi
if ! mkdir -p "$prefix/lib" "$prefix/bin" 2>/dev/null || [ ! -w "$prefix/lib" ] || [ ! -w "$prefix/bin" ]; then
  fail "$prefix is not writable; give another --prefix"
fi

built=$home
if [ -f "$home/pom.xml" ]; then
  "$home/dar" --version >/dev/null
  built=$home/target
fi
[ -f "$built/dar.jar" ] || fail "$built/dar.jar is missing; unpack the zip again"

# Aside, on the same disk.
new=$prefix/lib/.dar-new-$$
old=$prefix/lib/.dar-old-$$
trap 'rm -rf "$new"' EXIT
trap 'exit 130' INT TERM HUP
mkdir "$new"
cp -p "$home/dar" "$home/README.md" "$home/LICENSE" "$built/dar.jar" "$new"
cp -pR "$built/lib" "$home/configs" "$home/docs" "$new"
mkdir "$new/models"
cp -pR "$home/models/shapes" "$home/models/fashion-mnist" "$new/models"
chmod 755 "$new/dar"
version=$("$new/dar" --version | head -n 1) || fail "what was copied doesn't run; nothing was changed"
"$new/dar" man -q --out "$new/man" >/dev/null
"$new/dar" completion bash >"$new/completion.bash"
"$new/dar" completion zsh >"$new/completion.zsh"
{
  for page in "$new"/man/*.1; do echo "$man/${page##*/}"; done
  echo "$bash"
  echo "$zsh"
} >"$new/$list"

remove_shared
if [ -e "$program" ]; then mv "$program" "$old"; fi
mv "$new" "$program"
rm -rf "$old"
ln -sf "$target" "$link"
mkdir -p "$prefix/$man" "$(dirname "$prefix/$bash")" "$(dirname "$prefix/$zsh")"
cp "$program"/man/*.1 "$prefix/$man"
cp "$program/completion.bash" "$prefix/$bash"
cp "$program/completion.zsh" "$prefix/$zsh"
rm -rf "$program/man" "$program/completion.bash" "$program/completion.zsh"

echo "installed $version in $program"
echo "  command     $link"
echo "  man pages   $prefix/$man"
echo "  completion  $prefix/$bash, $prefix/$zsh"
case :$PATH: in
  *":$prefix/bin:"*) ;;
  *)
    echo "$prefix/bin is not on the PATH; add this line to ~/.profile (~/.zshrc for zsh):"
    echo "  export PATH=\"$prefix/bin:\$PATH\""
    ;;
esac
