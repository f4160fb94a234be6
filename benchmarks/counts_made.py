"""Made dossiers for the benchmark of counts, and the bare DuckDB query of their sums."""

UNITS, PROCEDURES = 190, 400

# Nine in ten received in September 2022, the rest in August; one in twenty still open; one in
# thirty asked for a supplement. Every column that the measures read is there.
ROWS = """
  SELECT 'd' || i AS dossier_id, 'P' || hash(i + 1) % {procedures} AS procedure_id,
    CAST(hash(i + 2) % {units} AS VARCHAR) AS unit,
    CAST(CASE WHEN hash(i + 3) % 20 = 0 THEN 2 ELSE 9 END AS BIGINT) AS status,
    CAST(1 + hash(i + 4) % 2 AS BIGINT) AS channel,
    received - INTERVAL 1 HOUR AS submitted_at, received AS received_at,
    received + INTERVAL 5 DAY AS due_at,
    CASE WHEN hash(i + 3) % 20 > 0
      THEN received + to_hours(CAST(8 + hash(i + 5) % 140 AS INT)) END AS done_at,
    CAST(NULL AS TIMESTAMP) AS returned_at, CAST(NULL AS TIMESTAMP) AS ended_at,
    CASE WHEN hash(i + 6) % 30 = 0 THEN 1 END AS supplement_count,
    CASE WHEN hash(i + 6) % 30 = 0 THEN received + INTERVAL 1 HOUR END AS supplement_asked_at,
    CASE WHEN hash(i + 6) % 30 = 0 THEN received + INTERVAL 7 HOUR END AS supplement_done_at,
    CAST(NULL AS DOUBLE) AS supplement_hours,
    hash(i + 7) % 3 = 0 AS components_file, hash(i + 8) % 2 = 0 AS result_file,
    hash(i + 9) % 4 = 0 AS reused, hash(i + 10) % 9 = 0 AS from_store,
    hash(i + 11) % 3 = 0 AS population_data,
    CASE WHEN hash(i + 12) % 4 > 0 THEN CAST(hash(i + 12) % 4 * 10000 AS DOUBLE) END AS fee_total,
    hash(i + 13) % 5 = 0 AS fee_lines_zero,
    CAST(hash(i + 14) % 3 AS BIGINT) AS paid_online,
    CASE WHEN hash(i + 15) % 50 > 0 THEN received END AS synced_at,
    hash(i + 16) % 100 = 0 AS disliked, hash(i + 17) % 100 = 0 AS petitioned,
    strftime(received, '%Y-%m-%d') AS part
  FROM (
    SELECT i, CASE WHEN hash(i + 18) % 10 > 0 THEN TIMESTAMP '2022-09-01' ELSE TIMESTAMP '2022-08-02'
      END + to_seconds(CAST(hash(i) % 2592000 AS BIGINT)) AS received FROM range({rows}) t(i))
"""
MAKE = f"COPY ({ROWS}) TO '{{folder}}' (FORMAT parquet, PARTITION_BY (part))"

# What an analyst writes who knows that every dossier here has a receipt and a due date, and at most
# one supplement that was completed at once.
BARE = """
WITH dossiers AS (
  SELECT *, received_at >= TIMESTAMP '2022-09-01' AS here, coalesce(done_at, returned_at, ended_at) AS finish
  FROM read_parquet('{folder}/*/*.parquet')
  WHERE received_at < TIMESTAMP '2022-10-01'), judged AS (
  SELECT *, CASE WHEN finish < TIMESTAMP '2022-10-01' THEN finish
    ELSE TIMESTAMP '2022-09-30 23:59:59' END
    - coalesce(supplement_done_at - supplement_asked_at, INTERVAL 0 SECOND) <= due_at AS in_time
  FROM dossiers WHERE here OR finish IS NULL OR finish >= TIMESTAMP '2022-09-01')
SELECT unit, procedure_id, count(*) AS population, count(*) FILTER (in_time) AS on_time,
  count(*) FILTER (disliked OR petitioned) AS complained, count(*) FILTER (here) AS received,
  count(*) FILTER (here AND synced_at IS NOT NULL) AS synced,
  count(*) FILTER (here AND channel = 2) AS online,
  count(*) FILTER (here AND paid_online IN (1, 2)) AS paid,
  count(*) FILTER (here AND fee_total <> 0) AS fee_filled,
  count(*) FILTER (here AND channel = 2) AS online_or_submitted,
  count(*) FILTER (here AND NOT fee_lines_zero) AS to_pay,
  count(*) FILTER (here AND NOT fee_lines_zero AND paid_online IN (1, 2)) AS to_pay_paid,
  count(*) FILTER (here AND result_file) AS result,
  count(*) FILTER (here AND components_file) AS components,
  count(*) FILTER (here AND components_file AND result_file) AS components_and_result,
  count(*) FILTER (here AND reused) AS reused, count(*) FILTER (here AND from_store) AS from_store,
  count(*) FILTER (here AND population_data) AS population_data,
  count(*) FILTER (here AND population_data) AS connected
FROM judged GROUP BY ALL
"""
