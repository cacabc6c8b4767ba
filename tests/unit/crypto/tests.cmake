# The tests speak TLS with ends of their own making.
target_sources(${test} PRIVATE "${CMAKE_CURRENT_LIST_DIR}/tls_support.cpp")
target_link_libraries(${test} PRIVATE OpenSSL::SSL OpenSSL::Crypto)
target_compile_definitions(${test} PRIVATE HEARSAY_CRYPTO_VECTORS="${CMAKE_CURRENT_LIST_DIR}/data")
