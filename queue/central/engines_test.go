package central_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"motcua/queue/central"
)

// onEngines runs a test on SQLite, and on PostgreSQL when MOTCUA_PG says where
// one is: a DSN ("postgres://…"), or "start" to start a cluster of its own in a
// temporary folder (Debian package postgresql).
func onEngines(t *testing.T, run func(t *testing.T, e *engine)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		run(t, &engine{dsn: filepath.Join(t.TempDir(), "central.db")})
	})
	t.Run("postgres", func(t *testing.T) {
		where := os.Getenv("MOTCUA_PG")
		if where == "" {
			t.Skip("MOTCUA_PG is not set: no PostgreSQL to try")
		}
		var p *cluster
		if where == "start" {
			p = sharedCluster(t)
			where = p.dsn()
		}
		run(t, &engine{dsn: freshSchema(t, where), cluster: p})
	})
}

// engine is one empty database.
type engine struct {
	dsn     string
	cluster *cluster // nil when it is not ours to crash
}

func (e *engine) open(t testing.TB) *central.Store {
	t.Helper()
	s, err := central.Open(context.Background(), e.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// raw opens the database beside the store.
func (e *engine) raw(t testing.TB) *sql.DB {
	t.Helper()
	driver := "sqlite"
	if u, err := url.Parse(e.dsn); err == nil && u.Scheme == "postgres" {
		driver = "pgx"
	}
	db, err := sql.Open(driver, e.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// freshSchema gives a test tables of its own inside a database.
func freshSchema(t testing.TB, dsn string) string {
	t.Helper()
	fresh, drop := makeSchema(t, dsn)
	t.Cleanup(drop)
	return fresh
}

func makeSchema(t testing.TB, dsn string) (fresh string, drop func()) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	raw := make([]byte, 6)
	rand.Read(raw)
	schema := "t_" + hex.EncodeToString(raw)
	if _, err := db.Exec("CREATE SCHEMA " + schema); err != nil {
		t.Fatal(err)
	}
	drop = func() {
		if _, err := db.Exec("DROP SCHEMA " + schema + " CASCADE"); err != nil {
			t.Error(err)
		}
		db.Close()
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String(), drop
}

// cluster is a PostgreSQL of our own: loopback off, a Unix socket in its folder.
type cluster struct {
	bin, dir string
	cred     *syscall.Credential
}

var clusterOnce struct {
	sync.Once
	c   *cluster
	err error
}

// sharedCluster starts one cluster per test process; TestMain stops it.
func sharedCluster(t testing.TB) *cluster {
	t.Helper()
	clusterOnce.Do(func() { clusterOnce.c, clusterOnce.err = startCluster() })
	if clusterOnce.err != nil {
		t.Fatalf("start PostgreSQL: %v", clusterOnce.err)
	}
	return clusterOnce.c
}

func TestMain(m *testing.M) {
	code := m.Run()
	if c := clusterOnce.c; c != nil {
		if err := c.ctl("stop", "-m", "immediate"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
		os.RemoveAll(c.dir)
	}
	os.Exit(code)
}

func startCluster() (*cluster, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return nil, fmt.Errorf("there is no initdb; apt-get install postgresql")
	}
	dir, err := os.MkdirTemp("", "motcua-pg")
	if err != nil {
		return nil, err
	}
	c := &cluster{bin: filepath.Dir(found[len(found)-1]), dir: dir}
	if os.Geteuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		c.cred = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
	}
	if err := c.run("initdb", "-D", c.data(), "-A", "trust", "-U", "motcua", "-E", "UTF8", "--no-locale", "--no-sync"); err != nil {
		return nil, err
	}
	return c, c.start()
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *cluster) dsn() string {
	return "postgres:///postgres?user=motcua&host=" + url.QueryEscape(c.dir)
}

func (c *cluster) start() error {
	return c.ctl("start", "-l", filepath.Join(c.dir, "log"), "-o", "-k "+c.dir+" -c listen_addresses='' -c max_connections=60")
}

// crash stops it as a power cut would, and starts it again.
func (c *cluster) crash() error {
	if err := c.ctl("stop", "-m", "immediate"); err != nil {
		return err
	}
	return c.start()
}

func (c *cluster) ctl(args ...string) error {
	return c.run("pg_ctl", append([]string{"-D", c.data(), "-w", "-s"}, args...)...)
}

func (c *cluster) run(name string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, name), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.cred}
	// Not a pipe: the server would inherit it and Wait would never end.
	out, err := os.CreateTemp("", "motcua-pg-out")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("%s %v: %w: %s", name, args, err, text)
	}
	return nil
}
