// The only Trusted Types policy: fragments may hold no script, and one script address is ever made: that of the worker
// that shows a phone's notices.
(() => {
  const WORKER = /^\/static\/notices\.js\?v=[0-9a-f]{12}$/;
  const policy = window.trustedTypes?.createPolicy('htmx', {
    createHTML: s => s,
    createScript: () => { throw new TypeError('no script in fragments'); },
    createScriptURL: s => { if (WORKER.test(s)) return s; throw new TypeError('no script address'); },
  });
  window.workerAddress = s => policy ? policy.createScriptURL(s) : s;
  htmx.registerExtension('tt', { init: api => { if (policy) api.initSecurity(policy); } });
})();
