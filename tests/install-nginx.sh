#!/bin/sh
# The web server that docs/nginx.conf is for: installed where that may be done, else said how.
set -u
{ command -v nginx || ls /usr/sbin/nginx; } >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Cài nginx cho kiểm thử trang đã đăng (apt-get install nginx-light)..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nginx-light >/dev/null && exit 0
fi
echo "Kiểm thử trang đã đăng cần nginx. Cài bằng: sudo apt-get install nginx-light" >&2
exit 1
