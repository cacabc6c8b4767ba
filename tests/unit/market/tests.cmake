# docs/trade.md prints a table that the machine's test compares with the machine.
target_compile_definitions(${test} PRIVATE HEARSAY_DOCS="${PROJECT_SOURCE_DIR}/docs")
