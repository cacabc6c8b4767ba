# contrib/lib/libevent.cmake - whether the libevent that is here has the fixes of September 2026
# (advisories GHSA-q39v-w2g7-gr8j and GHSA-2gmv-p5m7-98p6; evbuffer_add_reference), which upstream
# has from 2.1.13 on and Debian 12 in 2.1.12-stable-8+deb12u1. The library's own number does not
# tell, so dpkg is asked. Where there is none, -DHEARSAY_LIBEVENT_IS_PATCHED=ON says it.

set(libevent_oldest "2.1.12-stable-8+deb12u1")
option(HEARSAY_LIBEVENT_IS_PATCHED
  "Take libevent 2.1.12 although its package does not say that it is patched" OFF)

if(LIBEVENT_VERSION VERSION_LESS 2.1.13 AND NOT HEARSAY_LIBEVENT_IS_PATCHED)
  find_program(DPKG_QUERY dpkg-query)
  find_program(DPKG dpkg)
  set(libevent_package "")
  if(DPKG_QUERY AND DPKG)
    execute_process(
      COMMAND "${DPKG_QUERY}" --show "--showformat=\${Version}" libevent-dev
      OUTPUT_VARIABLE libevent_package ERROR_QUIET)
  endif()
  set(libevent_fine 1)
  if(libevent_package)
    execute_process(
      COMMAND "${DPKG}" --compare-versions "${libevent_package}" ge "${libevent_oldest}"
      RESULT_VARIABLE libevent_fine)
  endif()
  if(NOT libevent_fine EQUAL 0)
    message(FATAL_ERROR
      "libevent ${LIBEVENT_VERSION} (package \"${libevent_package}\") lacks fixes: "
      "${libevent_oldest} or 2.1.13 is needed. On Debian: apt update, apt upgrade. Elsewhere, "
      "if your system's has the fixes: -DHEARSAY_LIBEVENT_IS_PATCHED=ON")
  endif()
endif()
