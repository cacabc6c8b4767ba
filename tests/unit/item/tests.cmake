# The golden item, computed a second time without any code of ours.
add_test(NAME unit.item.golden COMMAND "${Python3_EXECUTABLE}" -B "${CMAKE_CURRENT_SOURCE_DIR}/item/golden.py")
