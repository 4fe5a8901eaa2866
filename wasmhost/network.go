package wasmhost

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Bounds on one outbound request.
const (
	maxRedirects     = 5
	maxRequestBytes  = 8 << 20
	maxResponseBytes = 8 << 20
	maxHeaderBytes   = 64 << 10
	dialTimeout      = 10 * time.Second
	requestTimeout   = 30 * time.Second // where the run has no deadline of its own
)

// network is how a runtime reaches the outside. It holds no connection: each request of a guest
// makes its own, so that none is ever used under another plugin's rules.
type network struct {
	resolver *net.Resolver
	rootCAs  *x509.CertPool
}

func newNetwork(o *options) *network { return &network{resolver: o.resolver, rootCAs: o.rootCAs} }

// refusal is why a request was not made or not followed: for the guest 2 (denied) or 3 (policy).
type refusal struct {
	denied *DeniedError // nil: a rule of the host's own
	reason string
}

func (e *refusal) Error() string {
	if e.denied != nil {
		return e.denied.Error()
	}
	return e.reason
}

// exchange sends one request over HTTPS and returns the whole response. Every host it leads to must
// pass allow, and every address it connects to must be public, unless named reports that the
// manifest lists the host by its own name.
type exchange struct {
	network *network
	allow   func(host string) error
	named   func(host string) bool
}

type response struct {
	status int
	header http.Header
	body   []byte
}

func (x *exchange) do(ctx context.Context, req *http.Request) (*response, error) {
	if _, ok := ctx.Deadline(); !ok {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, requestTimeout)
		defer stop()
	}
	if err := x.check(req.URL); err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                  nil, // a proxy would resolve names out of our sight
		DialContext:            x.dial,
		TLSClientConfig:        &tls.Config{RootCAs: x.network.rootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    dialTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableKeepAlives:      true,
		ForceAttemptHTTP2:      true,
	}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: x.redirect}
	res, err := client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, plainError(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxResponseBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the response: %w", err)
	}
	if len(body) > maxResponseBytes {
		return nil, &refusal{reason: fmt.Sprintf("the response is larger than %d bytes", maxResponseBytes)}
	}
	return &response{status: res.StatusCode, header: res.Header, body: body}, nil
}

// plainError takes off what http.Client wraps around an error: the method and the whole URL.
func plainError(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// check decides about one hop.
func (x *exchange) check(u *url.URL) error {
	if u.Scheme != "https" {
		return &refusal{reason: fmt.Sprintf("scheme %q is not allowed, use https", u.Scheme)}
	}
	if u.Hostname() == "" {
		return &refusal{reason: "the URL names no host"}
	}
	if err := x.allow(u.Hostname()); err != nil {
		denied, _ := errors.AsType[*DeniedError](err)
		return &refusal{denied: denied}
	}
	return nil
}

// kept are the headers that follow a redirect to another host; the guest's others may be secrets
// meant for the first.
var kept = map[string]bool{"Accept": true, "Accept-Language": true, "Content-Type": true, "User-Agent": true}

func (x *exchange) redirect(next *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return &refusal{reason: fmt.Sprintf("more than %d redirects", maxRedirects)}
	}
	if err := x.check(next.URL); err != nil {
		return err
	}
	if !strings.EqualFold(next.URL.Host, via[0].URL.Host) {
		for name := range next.Header {
			if !kept[name] {
				next.Header.Del(name)
			}
		}
	}
	return nil
}

// dial connects to a host by name. The address is checked when it is about to be used, after it was
// resolved for the last time, so that a name cannot change its mind in between.
func (x *exchange) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: dialTimeout, Resolver: x.network.resolver}
	if !x.named(host) {
		d.Control = func(_, resolved string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(resolved)
			if err == nil && public(at.Addr()) {
				return nil
			}
			return &refusal{denied: &DeniedError{
				Kind: NetworkOutbound, Target: host, Declared: true, Policy: true,
				why: "it is at a private address, list the host by its own name to allow that",
			}}
		}
	}
	return d.DialContext(ctx, network, address)
}

// special are ranges that are not the public internet, or that hide another address, besides those
// that netip has names for.
var special = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // carrier-grade NAT
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), // benchmarks
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),        // IPv4-compatible
	netip.MustParsePrefix("64:ff9b::/96"), // NAT64
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/32"), // Teredo
	netip.MustParsePrefix("2002::/16"), // 6to4
	netip.MustParsePrefix("fec0::/10"), // site-local
}

// public reports whether an address is an ordinary one of the internet.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
