# contrib/lib/openssl.cmake - which OpenSSL everything is linked with: the programs, the tests and
# Tor, one and the same. Letters are sealed with ML-KEM-768, which OpenSSL has from 3.5 on.
#
#   1. -DOPENSSL_ROOT_DIR=PREFIX, if it is given;
#   2. the system's, if it is new enough (Debian 13);
#   3. else a static one that contrib/lib/build-openssl makes from Debian 13's source (Debian 12).
#      Another source: -DHEARSAY_OPENSSL_TARBALL=FILE -DHEARSAY_OPENSSL_SHA256=HEX, or
#      -DHEARSAY_OPENSSL_SOURCE=DIR. One that is given is taken even where the system has a new one.
#
# Gives OpenSSL::Crypto and OpenSSL::SSL; HEARSAY_OPENSSL_PREFIX, empty for the system's;
# HEARSAY_OPENSSL_ORIGIN, for people; and HEARSAY_OPENSSL_STATIC.

set(openssl_oldest 3.5.0)
set(HEARSAY_OPENSSL_SOURCE "" CACHE PATH
  "unpacked release of OpenSSL to build (default: the system's, or Debian's source package)")
set(HEARSAY_OPENSSL_TARBALL "" CACHE FILEPATH "release archive of OpenSSL to build")
set(HEARSAY_OPENSSL_SHA256 "" CACHE STRING "SHA-256 that HEARSAY_OPENSSL_TARBALL must have")
set(HEARSAY_OPENSSL_PREFIX "")
set(HEARSAY_OPENSSL_STATIC OFF)

pkg_check_modules(system_openssl QUIET openssl)
if(HEARSAY_OPENSSL_SOURCE OR HEARSAY_OPENSSL_TARBALL)
  set(openssl_from "build")
elseif(OPENSSL_ROOT_DIR)
  set(openssl_from "prefix")
elseif(system_openssl_VERSION VERSION_GREATER_EQUAL openssl_oldest)
  set(openssl_from "system")
else()
  set(openssl_from "build")
endif()

# What an earlier configure found may be another one.
foreach(found INCLUDE_DIR CRYPTO_LIBRARY SSL_LIBRARY)
  if(NOT openssl_from STREQUAL openssl_from_before)
    unset(OPENSSL_${found} CACHE)
  endif()
endforeach()
set(openssl_from_before "${openssl_from}" CACHE INTERNAL "Which OpenSSL was taken")

if(openssl_from STREQUAL "build")
  set(openssl_arguments "")
  foreach(argument SOURCE TARBALL SHA256)
    if(HEARSAY_OPENSSL_${argument})
      string(TOLOWER "--${argument}" option)
      list(APPEND openssl_arguments "${option}" "${HEARSAY_OPENSSL_${argument}}")
    endif()
  endforeach()
  execute_process(
    COMMAND "${CMAKE_CURRENT_LIST_DIR}/build-openssl" ${openssl_arguments}
    OUTPUT_VARIABLE HEARSAY_OPENSSL_PREFIX
    OUTPUT_STRIP_TRAILING_WHITESPACE
    RESULT_VARIABLE openssl_result)
  if(NOT openssl_result EQUAL 0)
    message(FATAL_ERROR
      "OpenSSL ${openssl_oldest} or later is needed, the system has \"${system_openssl_VERSION}\", "
      "and none could be made; the lines of contrib/lib/build-openssl above say why")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    "${CMAKE_CURRENT_LIST_DIR}/build-openssl" "${CMAKE_CURRENT_LIST_DIR}/kept_library.bash")
  file(STRINGS "${HEARSAY_OPENSSL_PREFIX}/info" HEARSAY_OPENSSL_ORIGIN REGEX "^origin=")
  string(REPLACE "origin=" "linked in, from " HEARSAY_OPENSSL_ORIGIN "${HEARSAY_OPENSSL_ORIGIN}")
  set(HEARSAY_OPENSSL_STATIC ON)
  # By name and not by find_package: nothing of the system's can slip in between.
  foreach(library Crypto SSL)
    string(TOLOWER "lib${library}.a" file)
    add_library(OpenSSL::${library} STATIC IMPORTED GLOBAL)
    set_target_properties(OpenSSL::${library} PROPERTIES
      IMPORTED_LOCATION "${HEARSAY_OPENSSL_PREFIX}/lib/${file}"
      INTERFACE_INCLUDE_DIRECTORIES "${HEARSAY_OPENSSL_PREFIX}/include")
  endforeach()
  target_link_libraries(OpenSSL::Crypto INTERFACE Threads::Threads)
  target_link_libraries(OpenSSL::SSL INTERFACE OpenSSL::Crypto)
else()
  find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
  if(OPENSSL_VERSION VERSION_LESS openssl_oldest)
    message(FATAL_ERROR
      "OpenSSL ${OPENSSL_VERSION} (${OPENSSL_CRYPTO_LIBRARY}) is refused: letters are sealed with "
      "ML-KEM-768, which OpenSSL has from ${openssl_oldest} on")
  endif()
  if(openssl_from STREQUAL "prefix")
    set(HEARSAY_OPENSSL_PREFIX "${OPENSSL_ROOT_DIR}")
    set(HEARSAY_OPENSSL_ORIGIN "given by OPENSSL_ROOT_DIR")
  else()
    set(HEARSAY_OPENSSL_ORIGIN "the system's")
  endif()
  if(OPENSSL_CRYPTO_LIBRARY MATCHES "\\.a$")
    set(HEARSAY_OPENSSL_STATIC ON)
  endif()
endif()
