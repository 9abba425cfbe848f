#!/bin/sh
# What the `docker` stand-in runs while krm-hardening builds: hands the ResourceList to the running krm-hardening and
# prints its answer, so that no build has to start a Node of its own.
#
#   descriptor 3             the socket to krm-hardening, which Kustomize inherits and passes on
#   <home>/calls/ID.request  the ResourceList, complete before krm-hardening hears of it
#   <home>/calls/ID.stdout   the answer, complete before this program hears of it
#
# The socket carries one line each way: the ID, then the ID with the exit code and, if there is no answer, the reason.
# What the functions say to people stays with krm-hardening.
# No end of file means anything but that the other side is gone, which ends every wait.
set -eu

call=${0%/*}/calls/$$

fail() {
  echo "krm-hardening: $1" >&2
  exit 2
}

cat >"$call.request" || fail "$call.request cannot be written; set TMPDIR to a folder with free space"
{ echo $$ >&3; } 2>/dev/null || fail "krm-hardening cannot be reached: the kustomize that it runs must pass on its file descriptors, and $PPID does not"
read -r id status reason <&3 && [ "$id" = $$ ] || fail 'krm-hardening ended before it answered'
[ -z "$reason" ] || fail "$reason"
[ "$status" != 0 ] || exec cat "$call.stdout"
exit "$status"
