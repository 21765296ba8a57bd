// The code of a set-up link stands in its fragment, which no browser sends: it goes into the form, and out of sight.
if (/^#bcu_[0-9A-Za-z_-]{43}$/.test(location.hash)) {
  document.getElementById("token").value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}
