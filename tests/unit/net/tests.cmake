target_sources(${test} PRIVATE "${CMAKE_CURRENT_LIST_DIR}/net_support.cpp")
target_link_libraries(${test} PRIVATE PkgConfig::LIBEVENT OpenSSL::SSL)
