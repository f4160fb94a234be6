# Cửa vào của chuyên viên: `make help` liệt kê mọi lệnh.
# What a user may give. Its text reaches a command as one word; neither the shell nor make itself looks into
# it, not even where make would hand its variables on to the programs it starts.
GIVEN := PYTHON PERIOD UNIT OUT SEED RECORDS PROVINCE FROM FORCE ASOF TARGET INDICATOR COUNTS SET OFFICIAL UNITS \
  PORTAL CAPTURED TO AUDIENCE DAYS READ DRY ADVISORIES ONLY SAMPLE
PYTHON ?= python3
unexport $(GIVEN)
override SHELL := /bin/sh
override VENV := .venv
override BIN := $(VENV)/bin
override READY := $(VENV)/.ready
override DEVELOP := $(VENV)/.develop
override CATALOGUE := chiso/base/locale/vi/LC_MESSAGES/chiso
# Compiled modules are kept wherever make runs Python: a notebook starts in half the time.
export PYTHONDONTWRITEBYTECODE =

# A value as one word of the shell, whatever it holds: $(call quote,$(value NAME)). A command is one line.
override define newline


endef
override quote = '$(subst ','\'',$(subst $(newline), ,$(1)))'
# Which period; without one the command says which was the last.
override NAMED = $(if $(value PERIOD),--period $(call quote,$(value PERIOD)))
# Where results are published, and for whom.
override PLACE = $(if $(value TO),--to $(call quote,$(value TO))) $(if $(value AUDIENCE),--audience $(call quote,$(value AUDIENCE)))

.DEFAULT_GOAL := help
.PHONY: help setup demo check fetch report daily digest due letters explain cases comment score reconcile register history publish unpublish verify new-period lab hooks lint test test-long mutants audit sbom bench lock clean

help: ## Liệt kê các lệnh | make help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*) \| (.*)/\1|\2|\3/' \
	  | awk -F'|' '{ printf "%-11s %s\n%-11s   ví dụ: %s\n", $$1, $$2, "", $$3 }'

setup: $(READY) $(CATALOGUE).mo ## Cài môi trường Python vào .venv (chỉ chạy lại khi requirements.lock đổi) | make setup

# An environment knows its folder: copied or moved along with the project it is made anew.
override MOVED := $(shell test ! -s $(READY) || test "$$(cat $(READY))" = $(call quote,$(CURDIR)) || echo moved)
.PHONY: moved

$(READY): requirements.lock pyproject.toml $(MOVED)
	@test -z "$(MOVED)" || rm -rf $(VENV)
	@$(call quote,$(value PYTHON)) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Cần Python 3.11 trở lên. Chỉ rõ bằng: make setup PYTHON=/đường/dẫn/python3.11" >&2; exit 2; }
	@test -x $(BIN)/python || $(call quote,$(value PYTHON)) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  $$(sed -n 's/^\(uv==[^ ;]*\).*/\1/p' requirements.lock)
	@$(BIN)/uv pip sync --python $(BIN)/python --quiet requirements.lock
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation --editable .
	@rm -f $(DEVELOP) && printf %s $(call quote,$(CURDIR)) > $@

# The checks need more: test tools, and the extras for Spark and dask.
$(DEVELOP): requirements-dev.lock $(READY)
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --requirement requirements-dev.lock
	@touch $@

%.mo: %.po $(READY)
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@

demo: setup ## Tạo dữ liệu minh họa tháng 7-12/2022, kèm số đếm đúng | make demo
	@$(BIN)/chiso demo $(if $(value OUT),--out $(call quote,$(value OUT))) $(if $(value SEED),--seed $(call quote,$(value SEED)))

new-period: setup ## Tạo thư mục của một kỳ mới, nêu cần đặt gì vào đó | make new-period PERIOD=2022-11
	@$(BIN)/chiso new-period $(NAMED)

check: setup ## Kiểm tra hồ sơ của một kỳ, ghi tệp Excel các dòng để riêng | make check PERIOD=2022-09
	@$(BIN)/chiso check $(NAMED) $(if $(value RECORDS),--records $(call quote,$(value RECORDS)))

fetch: setup ## Lấy kết quả đã công bố trên Cổng Dịch vụ công quốc gia, hoặc nhận tệp đã lưu (FROM=) | make fetch PERIOD=2026-10
	@$(BIN)/chiso fetch $(NAMED) $(if $(value PROVINCE),--province $(call quote,$(value PROVINCE))) $(if $(value FROM),--from $(call quote,$(value FROM)))

report: setup ## Lập báo cáo một kỳ, cho mọi đơn vị hoặc một đơn vị (UNIT=) | make report PERIOD=2026
	@$(BIN)/chiso report $(NAMED) $(if $(value UNIT),--unit $(call quote,$(value UNIT))) $(if $(value FORCE),--force)

daily: setup ## Cập nhật các kỳ đang mở, theo dõi kỳ đã hết; dùng cho cron | make daily
	@$(BIN)/chiso daily $(if $(value ASOF),--as-of $(call quote,$(value ASOF)))

digest: setup ## Bản tin ngắn của một kỳ: văn bản, ảnh, thư | make digest PERIOD=2026
	@$(BIN)/chiso digest $(NAMED)

due: setup ## Hồ sơ đến hạn trong các ngày làm việc tới (DAYS=, ASOF=), hồ sơ cần phiếu xin lỗi trước | make due PERIOD=2022-09
	@$(BIN)/chiso due $(NAMED) $(if $(value DAYS),--days $(call quote,$(value DAYS))) $(if $(value ASOF),--as-of $(call quote,$(value ASOF)))

letters: setup ## Dự thảo công văn đôn đốc của một kỳ (DRY=1: chỉ liệt kê) | make letters PERIOD=2022-09
	@$(BIN)/chiso letters $(NAMED) $(if $(value UNIT),--unit $(call quote,$(value UNIT))) $(if $(value DRY),--dry-run)

explain: setup ## Giải thích điểm của một đơn vị (UNIT=, TARGET=class, rank:N, points:X) | make explain PERIOD=2022-09 UNIT=so-y-te
	@$(BIN)/chiso explain $(NAMED) --unit $(call quote,$(value UNIT)) $(if $(value TARGET),--target $(call quote,$(value TARGET)))

cases: setup ## Liệt kê hồ sơ làm mất điểm của một đơn vị (UNIT=, INDICATOR=) | make cases PERIOD=2022-09 UNIT=so-tu-phap INDICATOR=5
	@$(BIN)/chiso cases $(NAMED) --unit $(call quote,$(value UNIT)) --indicator $(call quote,$(value INDICATOR))

comment: setup ## Tạo tệp nhận xét riêng về một đơn vị | make comment PERIOD=2026 UNIT=H15.15
	@$(BIN)/chiso comment $(NAMED) --unit $(call quote,$(value UNIT))

score: setup ## Tính điểm từ bảng tử số, mẫu số (COUNTS=, SET=, OUT=) | make score COUNTS=data/samples/dak-lak-2026-10-10/counts.csv SET=766-portal-2026 OUT=data/scores
	@$(BIN)/chiso score --counts $(call quote,$(value COUNTS)) --set $(call quote,$(value SET)) --out $(call quote,$(value OUT)) \
	  $(if $(value OFFICIAL),--official $(call quote,$(value OFFICIAL))) $(if $(value UNITS),--units $(call quote,$(value UNITS)))

reconcile: setup ## Đối soát số liệu của kỳ với Cổng Dịch vụ công quốc gia | make reconcile PERIOD=2022-09
	@$(BIN)/chiso reconcile $(NAMED) $(if $(value PORTAL),--portal $(call quote,$(value PORTAL))) $(if $(value CAPTURED),--captured $(call quote,$(value CAPTURED)))

register: setup ## Đọc sổ công văn, sổ nghĩa vụ đã điền rồi ghi lại cả hai (READ=bản điền ở nơi khác) | make register
	@$(BIN)/chiso register $(if $(value READ),--read $(call quote,$(value READ)))

history: setup ## Liệt kê các bản số liệu đã lưu | make history
	@$(BIN)/chiso history $(NAMED)

publish: setup ## Đăng kết quả một kỳ lên thư mục hoặc địa chỉ (TO=; AUDIENCE=internal: bản nội bộ) | make publish PERIOD=2026
	@$(BIN)/chiso publish $(NAMED) $(PLACE)

unpublish: setup ## Gỡ một kỳ đã đăng | make unpublish PERIOD=2026
	@$(BIN)/chiso unpublish $(NAMED) $(PLACE)

verify: setup ## Lập lại một kỳ đã đăng từ dữ liệu đã lưu, so từng byte | make verify PERIOD=2026
	@$(BIN)/chiso verify $(NAMED) $(PLACE)

lab: setup ## Mở JupyterLab để sửa sổ tay, với số liệu của lần lập báo cáo gần nhất | make lab
	@test -d data/store || $(BIN)/chiso report --period 2026
	@$(BIN)/jupyter lab --LabApp.app_settings_dir=notebooks/lab notebooks

hooks: setup $(DEVELOP) ## Kiểm tra cách viết mã, xóa kết quả trong sổ tay trước mỗi lần ghi vào git | make hooks
	@$(BIN)/pre-commit install

lint: setup $(DEVELOP) ## Kiểm tra cách viết mã và kiểu dữ liệu | make lint
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

test: lint ## Chạy toàn bộ kiểm thử | make test
	@sh tests/install-browser.sh
	@sh tests/install-postgres.sh
	@sh tests/install-nginx.sh
	@$(BIN)/pytest -n logical --dist loadfile --no-loadscope-reorder

# What decides figures and what is said of them.
override ROOMS := 'chiso.scoring.*' 'chiso.rules.working_days.*' 'chiso.measures.*' 'chiso.explain.*'

test-long: $(DEVELOP) ## Chạy các kiểm thử kéo dài nhiều phút | make test-long
	@sh tests/install-browser.sh
	@sh tests/install-libreoffice.sh
	@$(BIN)/pytest -m long
	@$(BIN)/python tools/mutants.py --sample 20 $(ROOMS)

mutants: $(DEVELOP) ## Đổi từng chỗ nhỏ trong mã tính số liệu, xem kiểm thử có phát hiện không (ONLY= tên, SAMPLE= số lượng mỗi phần) | make mutants ONLY='chiso.scoring.score.*'
	@$(BIN)/python tools/mutants.py $(if $(value SAMPLE),--sample $(call quote,$(value SAMPLE))) \
	  $(if $(value ONLY),$(call quote,$(value ONLY)),$(ROOMS))

audit: setup $(DEVELOP) ## Đối chiếu các gói đã khóa với danh mục lỗ hổng đã tải về (ADVISORIES=) | make audit ADVISORIES=../advisory-database
	@test -n $(call quote,$(value ADVISORIES)) || { echo "Thiếu thư mục danh mục lỗ hổng. Tải về: git clone https://github.com/pypa/advisory-database" >&2; exit 2; }
	@$(BIN)/python tools/audit.py $(call quote,$(value ADVISORIES))

sbom: $(DEVELOP) ## Ghi bảng kê thành phần phần mềm (CycloneDX) kèm bản phát hành | make sbom OUT=chiso.cdx.json
	@$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible \
	  --output-file $(call quote,$(or $(value OUT),chiso.cdx.json))

bench: setup $(DEVELOP) ## Đo tốc độ, ghi docs/benchmarks.md (máy không chạy việc khác) | make bench
	@$(BIN)/python benchmarks/bench.py

# The second file repeats the first one's versions: a check sees what a user has.
override LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
  --python-version 3.11 --custom-compile-command 'make lock' pyproject.toml
lock: ## Ghi lại requirements.lock và requirements-dev.lock từ pyproject.toml | make lock
	@$(BIN)/$(LOCK) --extra setup --output-file requirements.lock
	@$(BIN)/$(LOCK) --extra setup --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## Xóa trang đã dựng và môi trường, giữ nguyên số liệu | make clean
	@rm -rf $(VENV) reports/_site reports/_internal reports/_failed reports/.cache .pytest_cache .mypy_cache .ruff_cache .hypothesis $(CATALOGUE).mo
