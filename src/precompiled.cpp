// Holds the precompiled headers; CMake needs a source to make them for.
