# docs/trade.md prints a table that the machine's test compares with the machine.
target_compile_definitions(${test} PRIVATE HEARSAY_DOCS="${PROJECT_SOURCE_DIR}/docs")
# A person's turns are the program's.
target_link_libraries(${test} PRIVATE hearsay_turn)
