#!/bin/sh
# PostgreSQL for the tests of databases: installed where that may be done, else said how.
set -u
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Cài PostgreSQL cho kiểm thử cơ sở dữ liệu (apt-get install postgresql)..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null && exit 0
fi
echo "Kiểm thử cơ sở dữ liệu cần PostgreSQL. Cài bằng: sudo apt-get install postgresql" >&2
exit 1
