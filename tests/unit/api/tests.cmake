# routes_test.cpp compares the table of routes with what is written about them.
target_compile_definitions(${test} PRIVATE HEARSAY_API_DOCUMENT="${PROJECT_SOURCE_DIR}/docs/api.md")
