# Writes the language's library as C++ text: cmake -DOUT=... -DFILES="a.py;b.py" -P EmbedStd.cmake
set(text "// Made from lib/Frontend/std.\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} content)
  string(APPEND text "{\"tegula/std/${name}\", R\"__std__(${content})__std__\"},\n")
endforeach()
file(WRITE ${OUT} "${text}")
