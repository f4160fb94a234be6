# Của người phát triển: môi trường của bản sao mã nguồn, kiểm thử, phát hành. Included by the Makefile.
override VENV := .venv
override BIN := $(VENV)/bin
override READY := $(VENV)/.ready
override DEVELOP := $(VENV)/.develop
override CATALOGUE := chiso/base/locale/vi/LC_MESSAGES/chiso

.PHONY: setup hooks lint quick coverage test test-long mutants audit sbom release-notes docs pictures bench lock clean

setup: $(READY) $(CATALOGUE).mo ## Cài môi trường Python vào .venv (chỉ chạy lại khi requirements.lock đổi) | make setup
	@:

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

# The checks need more: test tools, and the extras for Spark and dask. The lock names all that is needed: to work it out
# once more uv would fetch and build Spark's source (2 GB) each time that an index does not say how long its answer holds.
$(DEVELOP): requirements-dev.lock $(READY)
	@$(BIN)/uv pip install --python $(BIN)/python --quiet --no-deps --requirement requirements-dev.lock
	@touch $@

%.mo: %.po $(READY)
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@

hooks: setup $(DEVELOP) ## Kiểm tra cách viết mã, xóa kết quả trong sổ tay trước mỗi lần ghi vào git | make hooks
	@$(BIN)/pre-commit install

lint: setup $(DEVELOP) ## Kiểm tra cách viết mã và kiểu dữ liệu | make lint
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

quick: setup $(DEVELOP) ## Chạy trong chưa đầy một phút các kiểm thử không cần chương trình khác | make quick
	@$(BIN)/pytest --quick -n logical

test: lint ## Chạy toàn bộ kiểm thử | make test
	@sh tests/install-browser.sh
	@sh tests/install-postgres.sh
	@sh tests/install-nginx.sh
	@$(BIN)/pytest -n logical --dist loadfile --no-loadscope-reorder

coverage: setup $(DEVELOP) ## Đo phần mã tính số liệu, giải thích đã qua kiểm thử, theo từng nhánh | make coverage
	@$(BIN)/python tools/covered.py

# What decides figures and what is said of them.
override ROOMS := 'chiso.scoring.*' 'chiso.rules.working_days.*' 'chiso.measures.*' 'chiso.explain.*'

test-long: $(DEVELOP) ## Chạy các kiểm thử kéo dài nhiều phút | make test-long
	@sh tests/install-browser.sh
	@sh tests/install-libreoffice.sh
	@$(BIN)/pytest -m long
	@$(BIN)/python tools/covered.py
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

release-notes: setup ## In những thay đổi của bản chưa phát hành theo loại (VERSION=0.1.0: của bản đó) | make release-notes
	@$(BIN)/python tools/release_notes.py $(if $(value VERSION),$(call quote,$(value VERSION)))

docs: setup ## Dựng tài liệu thành trang ở docs/_site | make docs
	@$(BIN)/python tools/docs.py

pictures: setup $(DEVELOP) ## Chụp lại các hình của README.vi.md từ dữ liệu minh họa, ghi vào docs/vi/pictures | make pictures
	@sh tests/install-browser.sh
	@$(BIN)/python tools/pictures.py

bench: setup $(DEVELOP) ## Đo tốc độ (khoảng một giờ), ghi docs/en/benchmarks.md (máy không chạy việc khác) | make bench
	@$(BIN)/python benchmarks/bench.py

# The second file repeats the first one's versions: a check sees what a user has.
override LOCK := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate \
  --python-version 3.11 --custom-compile-command 'make lock' pyproject.toml
lock: ## Ghi lại requirements.lock và requirements-dev.lock từ pyproject.toml | make lock
	@$(BIN)/$(LOCK) --extra setup --output-file requirements.lock
	@$(BIN)/$(LOCK) --extra setup --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## Xóa trang đã dựng và môi trường, giữ nguyên số liệu | make clean
	@rm -rf $(VENV) docs/_site reports/_site reports/_internal reports/_failed reports/.cache .pytest_cache .mypy_cache .ruff_cache .hypothesis $(CATALOGUE).mo
