# The supervisor's tests need a program that can become Tor's child, and that can be killed as a
# node.
add_executable(hearsay_test_tor_node "${CMAKE_CURRENT_LIST_DIR}/tor_node.cpp")
target_link_libraries(hearsay_test_tor_node PRIVATE hearsay_flags hearsay_tor)
add_dependencies(${test} hearsay_test_tor_node)
find_library(HEARSAY_LIBEVENT event REQUIRED)
target_link_libraries(${test} PRIVATE ${HEARSAY_LIBEVENT})
target_compile_definitions(${test} PRIVATE
    HEARSAY_TEST_TOR_NODE="$<TARGET_FILE:hearsay_test_tor_node>")

find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_test(NAME tor.build COMMAND Python3::Interpreter "${CMAKE_CURRENT_LIST_DIR}/build_test.py")
set_tests_properties(tor.build PROPERTIES TIMEOUT 300
    ENVIRONMENT "HEARSAY_OPENSSL_PREFIX=${HEARSAY_OPENSSL_PREFIX}")
