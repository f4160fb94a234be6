#!/bin/sh
# LibreOffice for the long test of workbooks: installed where that may be done, else said how.
set -u
command -v soffice >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Cài LibreOffice cho kiểm thử tệp Excel (apt-get install libreoffice-calc)..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libreoffice-calc >/dev/null && exit 0
fi
echo "Kiểm thử tệp Excel cần LibreOffice. Cài bằng: sudo apt-get install libreoffice-calc" >&2
exit 1
