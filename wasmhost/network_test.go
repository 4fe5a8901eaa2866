package wasmhost

import (
	"context"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/samuelpkg/samuel-lsp/wasmhost/call"
)

// site is a local HTTPS server for every name under example.com, which is what its certificate is
// for, and a resolver that finds all names at its address.
type site struct {
	*httptest.Server
	port string
}

func newSite(t *testing.T, handler http.HandlerFunc) *site {
	t.Helper()
	s := httptest.NewTLSServer(handler)
	t.Cleanup(s.Close)
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return &site{s, port}
}

func (s *site) options(t *testing.T) []Option {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return []Option{WithRootCAs(pool), WithResolver(localResolver(t))}
}

// localResolver answers every question for an address with 127.0.0.1.
func localResolver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			conn.WriteTo(answerLocal(buf[:n]), from)
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// answerLocal makes the answer to one DNS query: 127.0.0.1 for type A, nothing for others.
func answerLocal(query []byte) []byte {
	end := 12
	for query[end] != 0 {
		end += int(query[end]) + 1
	}
	question := query[12 : end+5]
	answer := append([]byte{}, query[:2]...)
	answer = append(answer, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0)
	answer = append(answer, question...)
	if binary.BigEndian.Uint16(question[len(question)-4:]) == 1 {
		answer[7] = 1
		answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1)
	}
	return answer
}

func TestOutbound(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			body, _ := io.ReadAll(r.Body)
			if r.Method != http.MethodPost || string(body) != "body" {
				t.Errorf("got %s %q", r.Method, body)
			}
		case "/fail":
			w.WriteHeader(http.StatusTeapot)
		case "/away":
			http.Redirect(w, r, fmt.Sprintf("https://evil.example.com:%s/", strings.Split(r.Host, ":")[1]), http.StatusTemporaryRedirect)
		case "/plain":
			http.Redirect(w, r, "http://api.example.com/", http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/huge":
			w.Write(make([]byte, maxResponseBytes+1))
		}
	})
	d := newDriver(t, driverOptions{
		caps:    call.Capabilities{Hosts: []string{"api.example.com", "*.wild.example.com"}},
		grants:  everything,
		options: s.options(t),
	})
	d.state.OutboundOK = func(host string) bool { return host != "policy.wild.example.com" }
	for _, c := range []struct {
		name, host string
		want       int32
		denied     string
	}{
		{"post", "api.example.com:%s", resultOK, ""},
		{"in capitals", "API.example.com:%s", resultOK, ""},
		{"error status", "api.example.com:%s/fail", resultIO, ""},
		{"undeclared", "evil.example.com:%s", resultDenied, "evil.example.com"},
		{"with a suffix", "api.example.com.evil.net:%s", resultDenied, "api.example.com.evil.net"},
		{"user part", "api.example.com@evil.example.com:%s", resultDenied, "evil.example.com"},
		{"redirected to an undeclared host", "api.example.com:%s/away", resultDenied, "evil.example.com"},
		{"redirected to plain http", "api.example.com:%s/plain", resultPolicy, ""},
		{"redirected for ever", "api.example.com:%s/loop", resultPolicy, ""},
		{"huge response", "api.example.com:%s/huge", resultPolicy, ""},
		{"plain http", "http://api.example.com:%s", resultPolicy, ""},
		{"private address behind a pattern", "x.wild.example.com:%s", resultPolicy, "x.wild.example.com"},
		{"refused by policy", "policy.wild.example.com:%s", resultPolicy, "policy.wild.example.com"},
		{"no host", "", resultPolicy, ""},
		{"nobody listens", "api.example.com:1", resultIO, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			host := c.host
			if strings.Contains(host, "%s") {
				host = fmt.Sprintf(host, s.port)
			}
			before := len(d.denials())
			d.state.run.denied = nil
			if got := d.code("net_outbound", host, "body"); got != c.want {
				t.Errorf("got %d, want %d\n%s", got, c.want, d.log.text())
			}
			var denied string
			if got := d.denials()[before:]; len(got) == 1 {
				denied = got[0].Target
				if byRule := c.want == resultPolicy; byRule != (got[0].Why != "") {
					t.Errorf("the denial is %+v, want the host's rule in it only where that refused", got[0])
				}
			}
			if denied != c.denied {
				t.Errorf("denied %q, want %q", denied, c.denied)
			}
		})
	}
}

func TestOutboundRequest(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", fmt.Sprintf("%s %s %s %s", r.Method, r.Host, r.Header.Get("X-Key"), r.UserAgent()))
		if r.URL.Path == "/redirect" {
			http.Redirect(w, r, fmt.Sprintf("https://other.example.com:%s/x", strings.Split(r.Host, ":")[1]), http.StatusFound)
			return
		}
		if r.URL.Path == "/binary" {
			w.Write([]byte{0xff, 0x00})
			return
		}
		w.WriteHeader(http.StatusAccepted)
		w.Write(append([]byte("echo "), body...))
	})
	d := newDriver(t, driverOptions{
		caps:   call.Capabilities{Hosts: []string{"api.example.com", "other.example.com"}},
		grants: everything, options: s.options(t), choice: jsonShapes,
	})
	request := func(method, path string, headers map[string]string, body string) (*outboundResponse, bool) {
		text, err := json.Marshal(map[string]any{
			"method": method, "url": fmt.Sprintf("https://api.example.com:%s%s", s.port, path), "headers": headers, "body": body,
		})
		if err != nil {
			t.Fatal(err)
		}
		reply, ok := d.bytes("net.outbound", string(text))
		if !ok {
			return nil, false
		}
		res := new(outboundResponse)
		if err := json.Unmarshal([]byte(reply), res); err != nil {
			t.Fatalf("%s: %v", reply, err)
		}
		return res, true
	}
	res, ok := request("put", "/a", map[string]string{"x-key": "k"}, "hi")
	if !ok || res.Status != http.StatusAccepted || res.Body != "echo hi" ||
		res.Headers["X-Seen"] != "PUT api.example.com:"+s.port+" k "+userAgent {
		t.Errorf("got %+v\n%s", res, d.log.text())
	}
	if res, ok := request("GET", "/binary", nil, ""); !ok || res.Body != "" || res.Base64 != "/wA=" {
		t.Errorf("binary: %+v", res)
	}
	if res, ok := request("GET", "/redirect", map[string]string{"x-key": "secret"}, ""); !ok || strings.Contains(res.Headers["X-Seen"], "secret") {
		t.Errorf("a header went along to another host: %+v\n%s", res, d.log.text())
	}
	for name, text := range map[string]string{
		"method":         `{"method":"CONNECT","url":"https://api.example.com/"}`,
		"scheme":         `{"url":"file:///etc/passwd"}`,
		"host header":    `{"url":"https://api.example.com/","headers":{"host":"evil.example.com"}}`,
		"header newline": `{"url":"https://api.example.com/","headers":{"a":"b\r\nHost: evil"}}`,
		"no JSON":        `https://api.example.com/`,
		"not declared":   `{"url":"https://evil.example.com/"}`,
	} {
		if reply, ok := d.bytes("net.outbound", text); ok {
			t.Errorf("%s: got %s", name, reply)
		}
	}
}

func TestOutboundEndsAtTheTimeout(t *testing.T) {
	s := newSite(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	d := newDriver(t, driverOptions{
		caps:   call.Capabilities{Hosts: []string{"api.example.com"}, SoftTimeout: 200 * time.Millisecond},
		grants: everything, options: s.options(t),
	})
	if got := d.code("net_outbound", "api.example.com:"+s.port, "x"); got != resultIO {
		t.Errorf("got %d", got)
	}
}

func TestUntrustedCertificateIsRefused(t *testing.T) {
	s := newSite(t, func(http.ResponseWriter, *http.Request) { t.Error("was reached") })
	d := newDriver(t, driverOptions{
		caps: call.Capabilities{Hosts: []string{"api.example.com"}}, grants: everything,
		options: []Option{WithResolver(localResolver(t))},
	})
	if got := d.code("net_outbound", "api.example.com:"+s.port, "x"); got != resultIO {
		t.Errorf("got %d", got)
	}
}

func TestPublic(t *testing.T) {
	for addr, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700::1111": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"0.0.0.0": false, "100.64.0.1": false, "198.18.0.1": false, "224.0.0.1": false, "255.255.255.255": false, "240.0.0.1": false,
		"::1": false, "::": false, "fe80::1%eth0": false, "fc00::1": false, "ff02::1": false, "fec0::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:8.8.8.8": true, "::127.0.0.1": false,
		"64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:0:1::": false,
	} {
		if got := public(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %v", addr, got)
		}
	}
}
