# Cửa vào của chuyên viên: `make help` liệt kê mọi lệnh.
# What a user may give. Its text reaches a command as one word; neither the shell nor make itself looks into
# it, not even where make would hand its variables on to the programs it starts.
GIVEN := PYTHON PERIOD UNIT OUT SEED RECORDS PROVINCE FROM FORCE ASOF TARGET INDICATOR COUNTS SET OFFICIAL UNITS \
  PORTAL CAPTURED TO AUDIENCE DAYS READ DRY PORT ADVISORIES ONLY SAMPLE VERSION PARAMS FILE
# For a clone; before the next line, which makes an empty one of what is not given.
PYTHON ?= python3
unexport $(GIVEN)
override SHELL := /bin/sh
# A clone runs the program from its own environment, a project that `chiso init` made the one that is installed.
override RUN := $(if $(wildcard develop.mk),.venv/bin/)
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
.PHONY: help demo status check rules new-source fetch report preview open daily digest due letters explain cases comment score reconcile register history publish unpublish verify new-period lab

help: ## Liệt kê các lệnh | make help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*) \| (.*)/\1|\2|\3/' \
	  | awk -F'|' '{ printf "%-11s %s\n%-11s   ví dụ: %s\n", $$1, $$2, "", $$3 }'

# A word that is no command: chiso says which one it may be, and which there are.
.DEFAULT:
	@command -v $(RUN)chiso >/dev/null || { echo "Không có lệnh này. Các lệnh: make help" >&2; exit 2; }
	@$(RUN)chiso $(call quote,$@) --help
Makefile develop.mk: ;

# How a clone sets itself up, is checked and changed.
-include develop.mk

ifndef RUN
.PHONY: setup
setup:
	@command -v chiso >/dev/null || { echo "Không tìm thấy chương trình chiso. Bật môi trường Python đã cài chiso rồi chạy lại." >&2; exit 2; }
endif

demo: setup ## Tạo dữ liệu minh họa tháng 7-12/2022, kèm số đếm đúng | make demo
	@$(RUN)chiso demo $(if $(value OUT),--out $(call quote,$(value OUT))) $(if $(value SEED),--seed $(call quote,$(value SEED)))

new-period: setup ## Tạo thư mục của một kỳ mới, nêu cần đặt gì vào đó | make new-period PERIOD=2022-11
	@$(RUN)chiso new-period $(NAMED)

status: setup ## Các kỳ đang ở bước nào: số liệu, tính điểm, báo cáo, công văn, đăng | make status
	@$(RUN)chiso status

check: setup ## Kiểm tra một kỳ trước khi lập báo cáo: việc đã đạt, việc cần xem, tệp Excel các bản ghi không hợp lệ | make check PERIOD=2022-09
	@$(RUN)chiso check $(NAMED) $(if $(value RECORDS),--records $(call quote,$(value RECORDS)))

rules: setup ## Kiểm tra mọi tệp tham số; các tệp đã sửa trong PARAMS= sẽ đổi kết quả của ai (không lưu gì) | make rules PERIOD=2022-09 PARAMS=params-thu
	@$(RUN)chiso rules $(NAMED) $(if $(value PARAMS),--params $(call quote,$(value PARAMS)))

new-source: setup ## Đề xuất cách đọc tệp xuất của một phần mềm mới, hỏi những gì chưa rõ | make new-source FILE=so-moi.xlsx
	@$(RUN)chiso sources new $(if $(value FILE),$(call quote,$(value FILE)))

fetch: setup ## Lấy kết quả đã công bố trên Cổng Dịch vụ công quốc gia, hoặc nhận tệp đã lưu (FROM=) | make fetch PERIOD=2026-10
	@$(RUN)chiso fetch $(NAMED) $(if $(value PROVINCE),--province $(call quote,$(value PROVINCE))) $(if $(value FROM),--from $(call quote,$(value FROM)))

report: setup ## Lập báo cáo một kỳ, cho mọi đơn vị hoặc một đơn vị (UNIT=) | make report PERIOD=2026
	@$(RUN)chiso report $(NAMED) $(if $(value UNIT),--unit $(call quote,$(value UNIT))) $(if $(value FORCE),--force)

preview: setup ## Xem thử trang của một đơn vị trong trình duyệt, tự dựng lại mỗi lần lưu tệp | make preview PERIOD=2026 UNIT=H15.15
	@$(RUN)chiso preview $(NAMED) --unit $(call quote,$(value UNIT)) $(if $(value PORT),--port $(call quote,$(value PORT)))

open: setup ## Mở trang đã lập bằng trình duyệt | make open PERIOD=2022-09
	@$(RUN)chiso open $(NAMED)

daily: setup ## Cập nhật các kỳ đang mở, theo dõi kỳ đã hết; dùng cho cron | make daily
	@$(RUN)chiso daily $(if $(value ASOF),--as-of $(call quote,$(value ASOF)))

digest: setup ## Bản tin ngắn của một kỳ: văn bản, ảnh, thư | make digest PERIOD=2026
	@$(RUN)chiso digest $(NAMED)

due: setup ## Hồ sơ đến hạn trong các ngày làm việc tới (DAYS=, ASOF=), hồ sơ cần phiếu xin lỗi trước | make due PERIOD=2022-09
	@$(RUN)chiso due $(NAMED) $(if $(value DAYS),--days $(call quote,$(value DAYS))) $(if $(value ASOF),--as-of $(call quote,$(value ASOF)))

letters: setup ## Dự thảo công văn đôn đốc của một kỳ (DRY=1: chỉ liệt kê) | make letters PERIOD=2022-09
	@$(RUN)chiso letters $(NAMED) $(if $(value UNIT),--unit $(call quote,$(value UNIT))) $(if $(value DRY),--dry-run)

explain: setup ## Giải thích điểm của một đơn vị (UNIT=, TARGET=class, rank:N, points:X) | make explain PERIOD=2022-09 UNIT=so-y-te
	@$(RUN)chiso explain $(NAMED) --unit $(call quote,$(value UNIT)) $(if $(value TARGET),--target $(call quote,$(value TARGET)))

cases: setup ## Liệt kê hồ sơ làm mất điểm của một đơn vị (UNIT=, INDICATOR=) | make cases PERIOD=2022-09 UNIT=so-tu-phap INDICATOR=5
	@$(RUN)chiso cases $(NAMED) --unit $(call quote,$(value UNIT)) --indicator $(call quote,$(value INDICATOR))

comment: setup ## Tạo tệp nhận xét riêng về một đơn vị | make comment PERIOD=2026 UNIT=H15.15
	@$(RUN)chiso comment $(NAMED) --unit $(call quote,$(value UNIT))

score: setup ## Tính điểm từ bảng tử số, mẫu số (COUNTS=, SET=, OUT=) | make score COUNTS=data/samples/dak-lak-2026-10-10/counts.csv SET=766-portal-2026 OUT=data/scores
	@$(RUN)chiso score --counts $(call quote,$(value COUNTS)) --set $(call quote,$(value SET)) --out $(call quote,$(value OUT)) \
	  $(if $(value OFFICIAL),--official $(call quote,$(value OFFICIAL))) $(if $(value UNITS),--units $(call quote,$(value UNITS)))

reconcile: setup ## Đối soát số liệu của kỳ với Cổng Dịch vụ công quốc gia | make reconcile PERIOD=2022-09
	@$(RUN)chiso reconcile $(NAMED) $(if $(value PORTAL),--portal $(call quote,$(value PORTAL))) $(if $(value CAPTURED),--captured $(call quote,$(value CAPTURED)))

register: setup ## Đọc sổ công văn, sổ nghĩa vụ đã điền rồi ghi lại cả hai (READ=bản điền ở nơi khác) | make register
	@$(RUN)chiso register $(if $(value READ),--read $(call quote,$(value READ)))

history: setup ## Liệt kê các bản số liệu đã lưu | make history
	@$(RUN)chiso history $(NAMED)

publish: setup ## Đăng kết quả một kỳ lên thư mục hoặc địa chỉ (TO=; AUDIENCE=internal: bản nội bộ) | make publish PERIOD=2026
	@$(RUN)chiso publish $(NAMED) $(PLACE)

unpublish: setup ## Gỡ một kỳ đã đăng | make unpublish PERIOD=2026
	@$(RUN)chiso unpublish $(NAMED) $(PLACE)

verify: setup ## Lập lại một kỳ đã đăng từ dữ liệu đã lưu, so từng byte | make verify PERIOD=2026
	@$(RUN)chiso verify $(NAMED) $(PLACE)

lab: setup ## Mở JupyterLab để sửa sổ tay, với số liệu của lần lập báo cáo gần nhất | make lab
	@test -d data/store || $(RUN)chiso report --period 2026
	@JUPYTER_PATH="notebooks/lab$${JUPYTER_PATH:+:$$JUPYTER_PATH}" $(RUN)jupyter lab --LabApp.app_settings_dir=notebooks/lab notebooks
