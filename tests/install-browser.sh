#!/bin/sh
# Chromium for the browser tests: installed where that may be done, else said how.
set -u
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Cài Chromium cho kiểm thử trình duyệt (apt-get install chromium)..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "Kiểm thử trình duyệt cần Chromium. Cài bằng: sudo apt-get install chromium" >&2
exit 1
