@node "%~dp0..\substrata.mjs" %*
