// The only Trusted Types policy: fragments may hold no script, no other script address is ever made.
(() => {
  const policy = window.trustedTypes?.createPolicy('htmx', {
    createHTML: s => s,
    createScript: () => { throw new TypeError('no script in fragments'); },
    createScriptURL: () => { throw new TypeError('no script address'); },
  });
  htmx.registerExtension('tt', { init: api => { if (policy) api.initSecurity(policy); } });
})();
