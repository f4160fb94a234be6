#!/bin/sh
# What the browser tests need: Chromium, and axe from npm by its lock; installed where that may be
# done, else said how.
set -u
cd "$(dirname "$0")" || exit 1
root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

if ! command -v chromium >/dev/null 2>&1 && ! command -v chromium-browser >/dev/null 2>&1; then
  echo "Cài Chromium cho kiểm thử trình duyệt (apt-get install chromium)..."
  { root && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } || {
    echo "Kiểm thử trình duyệt cần Chromium. Cài bằng: sudo apt-get install chromium" >&2
    exit 1
  }
fi

if [ ! browser/node_modules/axe-core/axe.min.js -nt browser/package-lock.json ]; then
  if ! command -v npm >/dev/null 2>&1; then
    { root && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq npm >/dev/null; } || {
      echo "Kiểm thử trình duyệt cần npm. Cài bằng: sudo apt-get install npm" >&2
      exit 1
    }
  fi
  (cd browser && npm ci --ignore-scripts --no-audit --no-fund --silent) || {
    echo "Không cài được axe-core: cần truy cập kho gói npm." >&2
    exit 1
  }
  touch browser/node_modules/axe-core/axe.min.js
fi
