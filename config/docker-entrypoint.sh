#!/bin/sh
# Starts Kinora in its container as the user and group of PUID and PGID, with the UMASK and TZ asked for.
#
#   PUID, PGID   who owns what Kinora writes (1000, 1000)
#   UMASK        what others may not do with it (022)
#   TZ           the time zone of schedules and logs, such as Europe/Lisbon
#
# The mounted films are never touched. CONTAINER_ROOT is for the test of this script.
set -eu

root=${CONTAINER_ROOT:-}
config_dir=$root/config
data_dir=${KINORA_DATA_DIR:-$root/data}
main=${CONTAINER_ROOT:-/app}/dist/server/main.js

fail() {
  echo "kinora: $*" >&2
  exit 1
}

is_number() {
  case $1 in
    '' | *[!0-9]*) return 1 ;;
  esac
}

umask "${UMASK:-022}" || fail "UMASK is '${UMASK:-}', which is no umask; 022 is the usual one."

if [ -z "${KINORA_CONFIG:-}" ] && [ -f "$config_dir/kinora.yaml" ]; then
  export KINORA_CONFIG="$config_dir/kinora.yaml"
fi

# Started with `--user`: the user is decided already.
if [ "$(id -u)" -ne 0 ]; then
  exec node "$main" "$@"
fi

uid=${PUID:-1000}
gid=${PGID:-1000}
is_number "$uid" || fail "PUID is '$uid'; it has to be the number of a user, such as 1000."
is_number "$gid" || fail "PGID is '$gid'; it has to be the number of a group, such as 1000."

# Only when the folder is somebody else's: a new volume is root's, and PUID may have changed since the last start.
for folder in "$config_dir" "$data_dir"; do
  mkdir -p "$folder"
  if [ "$(stat -c %u:%g "$folder")" != "$uid:$gid" ]; then
    chown -R "$uid:$gid" "$folder" || echo "kinora: $folder cannot be given to $uid:$gid; going on as it is." >&2
  fi
done

# A graphics card that was passed in belongs to a group of the host's; without it there is no hardware encoding.
groups=$gid
for device in /dev/dri/renderD*; do
  if [ -e "$device" ]; then
    groups=$groups,$(stat -c %g "$device")
  fi
done

# So that nothing looks for root's home folder.
export HOME="$data_dir"
exec setpriv --reuid "$uid" --regid "$gid" --groups "$groups" --no-new-privs node "$main" "$@"
