"""The file systems at a root and below it, and whether they report changes."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from stoat_ferret.watch_folders.coverage import lies_in

_TABLE = "/proc/self/mountinfo"
_ESCAPE = re.compile(rb"\\([0-7]{3})")
_REMOTE = frozenset(
    "9p acfs afs beegfs ceph cifs coda gfs gfs2 glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 "
    "orangefs panfs prl_fs pvfs2 smb2 smb3 smbfs vboxsf vmhgfs virtiofs".split()
)
_LOCAL_FUSE = frozenset("fuse.mergerfs fuse.bindfs fuse.encfs fuse.gocryptfs fuse.unionfs".split())


class Mount(NamedTuple):
    """A mounted file system; `device` differs after it was mounted anew."""

    path: str
    kind: str
    device: str

    @property
    def reports_changes(self) -> bool:
        """False if others may change its files without this kernel noticing it."""
        if self.kind.startswith("fuse."):
            return self.kind in _LOCAL_FUSE
        return self.kind not in _REMOTE


def read_mounts(root: str, table: str = _TABLE) -> frozenset[Mount]:
    """Return the mount that holds the real path `root`, and those below it. Blocking.

    Only Linux tells; elsewhere there are none.
    """
    try:
        with open(table, "rb") as file:  # noqa: PTH123  a file of the kernel
            mounts = [_parse(line) for line in file]
    except OSError:
        return frozenset()
    root = root.rstrip("/")
    below = {mount for mount in mounts if lies_in(mount.path, root) and mount.path != root}
    holding = [mount for mount in mounts if lies_in(root, mount.path.rstrip("/"))]
    # Of those at the same place, the last one is on top.
    innermost = max((len(mount.path) for mount in holding), default=0)
    top = [mount for mount in holding if len(mount.path) == innermost][-1:]
    return frozenset(below.union(top))


def _parse(line: bytes) -> Mount:
    fields = line.split()
    kind = fields[fields.index(b"-", 6) + 1]
    path = _ESCAPE.sub(lambda match: bytes([int(match[1], 8)]), fields[4])
    device = b" ".join((fields[0], fields[2]))
    return Mount(os.fsdecode(path), os.fsdecode(kind), os.fsdecode(device))
