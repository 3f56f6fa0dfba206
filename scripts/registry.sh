# Sourced: lets uv use the registry and certificates that pip is configured with.
export UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1
if [ -z "${UV_DEFAULT_INDEX:-}" ]; then
  index=$(python3 -m pip config list 2>/dev/null | sed -n "s/^\(global\|:env:\)\.index-url='\(.*\)'$/\2/p" | tail -n 1)
  if [ -n "$index" ]; then export UV_DEFAULT_INDEX="$index"; fi
fi
