# The simulator's stores in memory are the ports.
target_link_libraries(${test} PRIVATE hearsay_sim)
