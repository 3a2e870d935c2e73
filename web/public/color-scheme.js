// Sets light or dark before the first paint. A file, because the content security policy refuses inline scripts.
(function () {
  var wanted = 'auto';
  try {
    wanted = window.localStorage.getItem('mantine-color-scheme-value') || 'auto';
  } catch {
    // Storage may be closed to us: follow the system.
  }
  var dark = wanted === 'dark' || (wanted !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
