package wasmhost

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// userAgent is what guests' requests say unless they say otherwise.
const userAgent = "samuel-plugin"

// hostOutbound is net_outbound(host_ptr, host_len, body_ptr, body_len) -> 0 ok, 1 I/O error,
// 2 denied, 3 policy: a POST of body over HTTPS. The host may carry a port and a path.
func hostOutbound(c *hostCall) {
	host, body := string(c.bytes(0)), c.bytes(2)
	c.stack[0] = resultIO
	if c.late() {
		return
	}
	target := host
	if !strings.Contains(target, "://") {
		target = "https://" + target
	}
	res, code := c.request(&outboundRequest{Method: http.MethodPost, URL: target, body: body})
	if res != nil && res.status >= http.StatusBadRequest {
		c.refuse("%s answered %d", host, res.status)
		code = resultIO
	}
	c.stack[0] = code
}

// outboundRequest is the JSON form of a request. A body that is no text goes into body_base64.
type outboundRequest struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Base64  []byte            `json:"body_base64"`

	body []byte
}

// outboundResponse is the JSON form of a response.
type outboundResponse struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Base64  string            `json:"body_base64,omitempty"`
}

// hostRequest is net_outbound(req_ptr, req_len) -> packed JSON response, 0 when denied or failed,
// with the reason in the log.
func hostRequest(c *hostCall) {
	text := c.bytes(0)
	c.stack[0] = 0
	if c.late() {
		return
	}
	var req outboundRequest
	if err := json.Unmarshal(text, &req); err != nil {
		c.refuse("the request is no JSON object of method, url, headers and body: %s", err)
		return
	}
	req.body = []byte(req.Body)
	if len(req.Base64) > 0 {
		req.body = req.Base64
	}
	res, _ := c.request(&req)
	if res == nil {
		return
	}
	out := outboundResponse{Status: res.status, Headers: make(map[string]string, len(res.header))}
	for name, values := range res.header {
		out.Headers[name] = strings.Join(values, ", ")
	}
	if utf8.Valid(res.body) {
		out.Body = string(res.body)
	} else {
		out.Base64 = base64.StdEncoding.EncodeToString(res.body)
	}
	reply, err := json.Marshal(out)
	if err != nil {
		c.refuse("put the response into JSON: %s", err)
		return
	}
	c.stack[0] = c.give(reply)
}

// methods that guests may use.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
	http.MethodDelete, http.MethodOptions,
}

// request makes one request under the run's rules. Where there is no response, the code tells why.
func (c *hostCall) request(r *outboundRequest) (*response, uint64) {
	req, err := r.build()
	if err != nil {
		c.refuse("%s", err)
		return nil, resultPolicy
	}
	ctx, stop := c.run.bound(c.ctx)
	defer stop()
	x := exchange{
		network: c.network,
		allow:   func(host string) error { return c.state.Authorize(NetworkOutbound, hostName(host)) },
		named:   func(host string) bool { return c.state.currentGate().names(hostName(host)) },
	}
	res, err := x.do(ctx, req)
	if err == nil {
		return res, resultOK
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		if refused.denied == nil {
			c.refuse("%s %s: %s", req.Method, req.URL.Host, refused.reason)
			return nil, resultPolicy
		}
		c.run.deny(refused.denied)
		if refused.denied.Policy {
			return nil, resultPolicy
		}
		return nil, resultDenied
	}
	c.refuse("%s %s: %s", req.Method, req.URL.Host, err)
	return nil, resultIO
}

// build checks what the guest asks for and makes a request of it.
func (r *outboundRequest) build() (*http.Request, error) {
	method := strings.ToUpper(r.Method)
	if method == "" {
		method = http.MethodGet
	}
	if !slices.Contains(methods, method) {
		return nil, fmt.Errorf("method %q is not allowed, use one of %s", r.Method, strings.Join(methods, ", "))
	}
	if len(r.body) > maxRequestBytes {
		return nil, fmt.Errorf("the body has %d bytes, at most %d are sent", len(r.body), maxRequestBytes)
	}
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%q is no URL, write https://<host>/<path>", r.URL)
	}
	u.User = nil
	req, err := http.NewRequest(method, u.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	for name, value := range r.Headers {
		name = http.CanonicalHeaderKey(name)
		if name == "Host" || name == "Connection" || name == "Content-Length" || name == "Transfer-Encoding" ||
			name == "Upgrade" || name == "Te" || name == "Trailer" || strings.HasPrefix(name, "Proxy-") {
			return nil, fmt.Errorf("header %q is set by the host, leave it out", name)
		}
		req.Header.Set(name, value)
	}
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", userAgent)
	}
	return req, nil
}

// hostName is a host as the gate and the log know it.
func hostName(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }
