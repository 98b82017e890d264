package faultdisk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// ErrNoFuse says that this machine mounts no FUSE file systems: there is no
// /dev/fuse, or neither the right to mount nor the program fusermount3.
var ErrNoFuse = errors.New("this machine cannot mount a FUSE file system")

// Mount mounts a disk with the files of an image (nil is an empty disk) at an
// empty folder. Unmount it.
func Mount(at string, from Image) (*Disk, error) {
	d := &Disk{now: map[string]*file{}, kept: map[string]*file{}}
	for name, c := range from {
		for up := path.Dir(name); up != "."; up = path.Dir(up) {
			d.now[up] = nil
		}
		d.now[name] = &file{cache: c.clone(), disk: c.clone()}
	}
	d.kept = maps.Clone(d.now)
	if _, err := os.Stat("/dev/fuse"); err != nil {
		return nil, fmt.Errorf("mount a disk: %w (%w)", ErrNoFuse, err)
	}
	keep := time.Hour
	root := &folder{disk: d}
	server, err := fs.Mount(at, root, &fs.Options{
		EntryTimeout: &keep, AttrTimeout: &keep,
		OnAdd:        func(ctx context.Context) { d.plant(ctx, &root.Inode) },
		MountOptions: fuse.MountOptions{DirectMount: true, FsName: "faultdisk", Name: "faultdisk", MaxWrite: 128 << 10},
	})
	if err != nil {
		return nil, fmt.Errorf("mount a disk: %w (%w)", ErrNoFuse, err)
	}
	d.unmount = server.Unmount
	return d, nil
}

// plant puts the nodes of what is there already under the root.
func (d *Disk) plant(ctx context.Context, root *fs.Inode) {
	dirs := map[string]*fs.Inode{".": root}
	for _, name := range slices.Sorted(maps.Keys(d.now)) { // folders before what is in them
		parent := dirs[path.Dir(name)]
		var node *fs.Inode
		if f := d.now[name]; f == nil {
			node = parent.NewPersistentInode(ctx, &folder{disk: d}, fs.StableAttr{Mode: syscall.S_IFDIR})
			dirs[name] = node
		} else {
			node = parent.NewPersistentInode(ctx, &entry{disk: d, file: f}, fs.StableAttr{Mode: syscall.S_IFREG})
		}
		parent.AddChild(path.Base(name), node, true)
	}
}

// Unmount takes the disk away; everybody must have closed their files, or been
// killed. Cut and State still answer.
func (d *Disk) Unmount() error {
	var err error
	for range 100 { // the kernel closes a killed process's files a moment later
		if err = d.unmount(); err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("unmount the disk: %w", err)
}

// folder is a folder's node.
type folder struct {
	fs.Inode
	disk *Disk
}

var (
	_ fs.NodeCreater  = (*folder)(nil)
	_ fs.NodeMkdirer  = (*folder)(nil)
	_ fs.NodeMknoder  = (*folder)(nil)
	_ fs.NodeUnlinker = (*folder)(nil)
	_ fs.NodeRmdirer  = (*folder)(nil)
	_ fs.NodeRenamer  = (*folder)(nil)
	_ fs.NodeFsyncer  = (*folder)(nil)
	_ fs.NodeStatfser = (*folder)(nil)
)

func (d *folder) child(name string) string { return path.Join(d.Path(nil), name) }

// Create implements fs.NodeCreater.
func (d *folder) Create(ctx context.Context, name string, _, _ uint32, _ *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	f := &file{}
	if no := d.disk.name(naming{to: d.child(name), file: f}); no != 0 {
		return nil, nil, 0, no
	}
	node := d.NewPersistentInode(ctx, &entry{disk: d.disk, file: f}, fs.StableAttr{Mode: syscall.S_IFREG})
	return node, nil, fuse.FOPEN_KEEP_CACHE, 0
}

// Mkdir implements fs.NodeMkdirer.
func (d *folder) Mkdir(ctx context.Context, name string, _ uint32, _ *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if no := d.disk.name(naming{to: d.child(name)}); no != 0 {
		return nil, no
	}
	return d.NewPersistentInode(ctx, &folder{disk: d.disk}, fs.StableAttr{Mode: syscall.S_IFDIR}), 0
}

// Mknod implements fs.NodeMknoder, for sockets, which no power cut keeps.
func (d *folder) Mknod(ctx context.Context, _ string, mode, _ uint32, _ *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if mode&syscall.S_IFMT != syscall.S_IFSOCK {
		return nil, syscall.EPERM
	}
	return d.NewPersistentInode(ctx, &folder{disk: d.disk}, fs.StableAttr{Mode: syscall.S_IFSOCK}), 0
}

// Unlink implements fs.NodeUnlinker.
func (d *folder) Unlink(_ context.Context, name string) syscall.Errno {
	return d.disk.name(naming{from: d.child(name)})
}

// Rmdir implements fs.NodeRmdirer.
func (d *folder) Rmdir(_ context.Context, name string) syscall.Errno {
	return d.disk.name(naming{from: d.child(name)})
}

// Rename implements fs.NodeRenamer.
func (d *folder) Rename(_ context.Context, name string, to fs.InodeEmbedder, as string, _ uint32) syscall.Errno {
	return d.disk.name(naming{from: d.child(name), to: path.Join(to.EmbeddedInode().Path(nil), as)})
}

// Fsync implements fs.NodeFsyncer for folders.
func (d *folder) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return d.disk.flush(nil)
}

// Statfs implements fs.NodeStatfser.
func (d *folder) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	out.Bsize, out.Frsize, out.NameLen = page, page, 255
	out.Bavail = d.disk.free() / page
	out.Bfree, out.Blocks = out.Bavail, (1<<30)/page
	return 0
}

// entry is a file's node.
type entry struct {
	fs.Inode
	disk *Disk
	file *file
}

var (
	_ fs.NodeOpener    = (*entry)(nil)
	_ fs.NodeReader    = (*entry)(nil)
	_ fs.NodeWriter    = (*entry)(nil)
	_ fs.NodeFsyncer   = (*entry)(nil)
	_ fs.NodeFlusher   = (*entry)(nil)
	_ fs.NodeGetattrer = (*entry)(nil)
	_ fs.NodeSetattrer = (*entry)(nil)
)

// Open implements fs.NodeOpener: the page cache is kept, as a real disk's is.
func (e *entry) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if flags&syscall.O_ACCMODE != syscall.O_RDONLY && e.disk.Mood().FailWrite == syscall.EROFS {
		return nil, 0, syscall.EROFS
	}
	return nil, fuse.FOPEN_KEEP_CACHE, 0
}

// Flush implements fs.NodeFlusher: closing a file flushes nothing.
func (e *entry) Flush(context.Context, fs.FileHandle) syscall.Errno { return 0 }

// Read implements fs.NodeReader.
func (e *entry) Read(_ context.Context, _ fs.FileHandle, b []byte, at int64) (fuse.ReadResult, syscall.Errno) {
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	return fuse.ReadResultData(b[:e.file.cache.read(b, at)]), 0
}

// Write implements fs.NodeWriter.
func (e *entry) Write(_ context.Context, _ fs.FileHandle, data []byte, at int64) (uint32, syscall.Errno) {
	if no := e.disk.write(e.file, data, at); no != 0 {
		return 0, no
	}
	return uint32(len(data)), 0
}

// Fsync implements fs.NodeFsyncer.
func (e *entry) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return e.disk.flush(e.file)
}

// Getattr implements fs.NodeGetattrer.
func (e *entry) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	e.disk.mu.Lock()
	defer e.disk.mu.Unlock()
	out.Mode, out.Size = 0o600, uint64(e.file.cache.size)
	out.Blocks = uint64(len(e.file.cache.pages)) * page / sector
	return 0
}

// Setattr implements fs.NodeSetattrer: only the size can be changed.
func (e *entry) Setattr(ctx context.Context, h fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, ok := in.GetSize(); ok {
		if no := e.disk.resize(e.file, int64(size)); no != 0 {
			return no
		}
	}
	return e.Getattr(ctx, h, out)
}
