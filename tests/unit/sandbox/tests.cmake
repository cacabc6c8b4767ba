# The helper is a process of a program that can become it.
add_executable(hearsay_test_helper_node "${CMAKE_CURRENT_LIST_DIR}/helper_node.cpp")
target_link_libraries(hearsay_test_helper_node PRIVATE hearsay_flags hearsay_sandbox)
add_dependencies(${test} hearsay_test_helper_node)
target_compile_definitions(${test} PRIVATE
    HEARSAY_TEST_HELPER_NODE="$<TARGET_FILE:hearsay_test_helper_node>")
