# Sets PYTHON to a Python that has the packages named, installing them into a folder of the build where they are missing.
# Usage: . ../support/python.sh NAME PACKAGE…, with packages in BARE that are installed without those that they ask for.
name="$1"
shift
out="$(pwd)/../../../.build/conformance/$name"
mkdir -p "$out"
if [ -n "$CONFORMANCE_PYTHON" ]; then
  PYTHON="$CONFORMANCE_PYTHON"
else
  [ -d "$out/python" ] || python3 -m venv "$out/python" || { echo "needs python3-venv"; exit 77; }
  PYTHON="$out/python/bin/python"
  if [ ! -e "$out/installed" ]; then
    "$PYTHON" -m pip install -q "$@" || { echo "needs the packages $*"; exit 77; }
    [ -z "$BARE" ] || "$PYTHON" -m pip install -q --no-deps $BARE || { echo "needs the package $BARE"; exit 77; }
    touch "$out/installed"
  fi
fi
export PYTHONPATH="$(pwd)/../support"
