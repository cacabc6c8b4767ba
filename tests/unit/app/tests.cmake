# What is freed is overwritten here as it is in the programs: wiping_test.cpp looks for what is
# left.
target_link_libraries(${test} PRIVATE hearsay_secrecy)
# seized_disk_test.cpp opens what lies there without our code.
target_link_libraries(${test} PRIVATE OpenSSL::Crypto)
# A person of the market's tests (market/fakes.hpp).
target_sources(${test} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}/market/fakes_support.cpp")
