# The golden item, computed a second time without any code of ours.
add_test(NAME unit.item.golden
    COMMAND "${Python3_EXECUTABLE}" -B "${CMAKE_CURRENT_SOURCE_DIR}/item/golden.py")
# The frozen table of assigned code points, against Python's own.
add_test(NAME unit.item.unicode
    COMMAND "${Python3_EXECUTABLE}" -B "${PROJECT_SOURCE_DIR}/contrib/unicode-table"
        --check "${PROJECT_SOURCE_DIR}/src/item/unicode_assigned.inc")
