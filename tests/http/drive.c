/* SPDX-License-Identifier: Apache-2.0 */
/* drive BROWSER PROFILE BASE FIRST: drives a Chromium over its debugging pipe by the steps on standard input and prints a line of TAP for each `check`,
 * numbered from FIRST. Blank lines and # are skipped. size WIDTH HEIGHT [dark]   go PATH   do JAVASCRIPT   type TEXT   key NAME...   press JAVASCRIPT   drag
 * JAVASCRIPT   shot FILE say NAME | JAVASCRIPT      prints "bench NAME" and the text check NAME | JAVASCRIPT    polled until it is true; after WAIT_MS it is
 * "not ok" with what it was `press` and `drag` take an array [x, y] or [x, y, x2, y2] in the window; an element gives its middle by at(SELECTOR), inside the
 * frame of the answer by inside(SELECTOR); errors is what went wrong in the page so far. Pressing and typing go through the browser as a person's would. */
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WAIT_MS = 60000, POLL_MS = 50 };

static const char helpers[] =
    "globalThis.at = s => { const e = document.querySelector(s); if (!e) return null; e.scrollIntoView({ block: 'center' }); const r = e.getClientRects()[0];"
    " if (!r) return null; const p = [r.x + r.width / 2, r.y + r.height / 2], hit = document.elementFromPoint(...p); return hit && (e.contains(hit) || hit.contains(e)) ? p : null; };"
    "globalThis.frame = () => document.querySelector('#answer').contentDocument;"
    "globalThis.inside = s => { const f = document.querySelector('#answer'), e = frame().querySelector(s); for (let d = e; d; d = d.parentElement) if (d.tagName === 'DETAILS') d.open = true;"
    " const y = e.getBoundingClientRect().y + f.getBoundingClientRect().y + scrollY - innerHeight / 2; scrollTo(0, y); const o = f.getBoundingClientRect(), r = e.getClientRects()[0];"
    " return [o.x + r.x + Math.min(r.width / 2, 40), o.y + r.y + r.height / 2]; };"
    "globalThis.errors = []; addEventListener('error', e => errors.push(e.message)); addEventListener('unhandledrejection', e => errors.push(String(e.reason)));"
    " addEventListener('securitypolicyviolation', e => errors.push(e.violatedDirective + ' ' + e.blockedURI)); console.error = (...said) => errors.push(said.join(' '));"
    "globalThis.shown = s => { const e = document.querySelector(s); return Boolean(e && e.offsetParent !== null); };"
    "globalThis.text = s => { const e = document.querySelector(s); return e ? e.innerText : ''; };";

static struct {
  int to, from;
  pid_t pid;
  char *in;
  size_t length, room;
  int id;
  char session[80];
} browser;

static _Noreturn void give_up(const char *what) {
  fprintf(stderr, "drive: %s\n", what);
  if (browser.pid > 0) (void)kill(browser.pid, SIGKILL);
  exit(99);
}

static void start(const char *program, const char *profile) {
  int down[2], up[2];
  char folder[600];
  (void)snprintf(folder, sizeof folder, "--user-data-dir=%s", profile);
  if (pipe(down) != 0 || pipe(up) != 0 || (browser.pid = fork()) < 0) give_up("no process");
  if (browser.pid == 0) {
    int in = fcntl(down[0], F_DUPFD, 20), out = fcntl(up[1], F_DUPFD, 20), quiet = open("/dev/null", O_WRONLY);
    if (in < 0 || out < 0 || dup2(in, 3) < 0 || dup2(out, 4) < 0 || dup2(quiet, 2) < 0 || dup2(quiet, 1) < 0) _exit(99);
    (void)execlp(program, program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb",
                 "--remote-debugging-pipe", folder, "about:blank", (char *)NULL);
    _exit(99);
  }
  (void)close(down[0]), (void)close(up[1]);
  browser.to = down[1], browser.from = up[0];
}

/* The next message, or NULL after `ms`. */
static json_t *next(int ms) {
  for (;;) {
    char *end = browser.length ? memchr(browser.in, 0, browser.length) : NULL;
    if (end) {
      json_t *message = json_loads(browser.in, 0, NULL);
      browser.length -= (size_t)(end + 1 - browser.in);
      memmove(browser.in, end + 1, browser.length);
      return message;
    }
    struct pollfd p = {.fd = browser.from, .events = POLLIN};
    if (poll(&p, 1, ms) <= 0) return NULL;
    if (browser.length + 65536 > browser.room && !(browser.in = realloc(browser.in, browser.room = 2 * browser.room + 131072))) give_up("no memory");
    ssize_t n = read(browser.from, browser.in + browser.length, 65536);
    if (n <= 0) give_up("the browser ended");
    browser.length += (size_t)n;
  }
}

/* Sends a command and gives its result; takes `params`. */
static json_t *call(const char *method, json_t *params) {
  json_t *message = json_pack("{s:i,s:s,s:o}", "id", ++browser.id, "method", method, "params", params ? params : json_object());
  if (browser.session[0]) json_object_set_new(message, "sessionId", json_string(browser.session));
  char *text = json_dumps(message, JSON_COMPACT);
  size_t n = strlen(text) + 1;
  for (size_t at = 0; at < n;) {
    ssize_t k = write(browser.to, text + at, n - at);
    if (k <= 0) give_up("the browser does not listen");
    at += (size_t)k;
  }
  free(text), json_decref(message);
  for (json_t *reply; (reply = next(WAIT_MS)); json_decref(reply))
    if (json_integer_value(json_object_get(reply, "id")) == browser.id) {
      json_t *result = json_incref(json_object_get(reply, "result"));
      json_decref(reply);
      return result;
    }
  give_up(method);
}

static void tell(const char *method, json_t *params) { json_decref(call(method, params)); }

/* The value of an expression, or NULL. */
static json_t *value(const char *expression) {
  json_t *result = call("Runtime.evaluate", json_pack("{s:s,s:b,s:b,s:b}", "expression", expression, "returnByValue", 1, "awaitPromise", 1, "userGesture", 1));
  json_t *found = json_incref(json_object_get(json_object_get(result, "result"), "value"));
  json_decref(result);
  return found;
}

static long long now_ms(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Before the next try; takes what the last one gave. */
static void rest(json_t *last) {
  struct timespec pause = {0, POLL_MS * 1000000L};
  json_decref(last);
  (void)nanosleep(&pause, NULL);
}

static double number(const json_t *list, size_t at) { return json_number_value(json_array_get(list, at)); }

static void mouse(const char *type, double x, double y, int buttons) {
  tell("Input.dispatchMouseEvent", json_pack("{s:s,s:f,s:f,s:s,s:i,s:i}", "type", type, "x", x, "y", y, "button", "left", "buttons", buttons, "clickCount", 1));
}

/* False: the expression gave no place. */
static bool press(const char *expression) {
  json_t *place = NULL;
  size_t n = 0;
  for (long long until = now_ms() + WAIT_MS; n != 2 && n != 4 && now_ms() < until; n = json_array_size(place = value(expression))) rest(place);
  if (n != 2 && n != 4) return json_decref(place), false;
  double x = number(place, 0), y = number(place, 1), to_x = number(place, n - 2), to_y = number(place, n - 1);
  json_decref(place);
  mouse("mouseMoved", x, y, 0), mouse("mousePressed", x, y, 1);
  for (int i = 1; n == 4 && i <= 8; i++) mouse("mouseMoved", x + (to_x - x) * i / 8, y + (to_y - y) * i / 8, 1);
  mouse("mouseReleased", to_x, to_y, 0);
  return true;
}

static void key(const char *name) {
  static const struct {
    const char *name, *code;
    int number;
    const char *text;
  } keys[] = {{"Tab", "Tab", 9, ""},
              {"Enter", "Enter", 13, "\r"},
              {"Escape", "Escape", 27, ""},
              {"Space", "Space", 32, " "},
              {"ArrowDown", "ArrowDown", 40, ""},
              {"ArrowUp", "ArrowUp", 38, ""},
              {"ArrowRight", "ArrowRight", 39, ""},
              {"End", "End", 35, ""},
              {"Home", "Home", 36, ""}};
  bool shift = strncmp(name, "Shift+", 6) == 0, control = strncmp(name, "Ctrl+", 5) == 0;
  const char *plain = shift ? name + 6 : control ? name + 5 : name;
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    if (strcmp(keys[i].name, plain) == 0) {
      const char *shown = strcmp(plain, "Space") == 0 ? " " : plain;
      int modifiers = shift ? 8 : control ? 2 : 0;
      json_t *down = json_pack("{s:s,s:s,s:s,s:i,s:i}", "type", *keys[i].text && !control ? "keyDown" : "rawKeyDown", "key", shown, "code", keys[i].code,
                               "windowsVirtualKeyCode", keys[i].number, "modifiers", modifiers);
      if (*keys[i].text && !control) json_object_set_new(down, "text", json_string(keys[i].text));
      tell("Input.dispatchKeyEvent", down);
      tell("Input.dispatchKeyEvent", json_pack("{s:s,s:s,s:s,s:i,s:i}", "type", "keyUp", "key", shown, "code", keys[i].code, "windowsVirtualKeyCode",
                                               keys[i].number, "modifiers", modifiers));
      return;
    }
  give_up(name);
}

static void shot(const char *file) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  json_t *result = call("Page.captureScreenshot", json_pack("{s:s}", "format", "png"));
  const char *text = json_string_value(json_object_get(result, "data"));
  FILE *out = fopen(file, "wb");
  unsigned bits = 0, have = 0;
  for (; out && text && *text && *text != '='; text++) {
    bits = bits << 6 | (unsigned)(strchr(digits, *text) - digits), have += 6;
    if (have >= 8) have -= 8, (void)fputc((int)(bits >> have & 255), out);
  }
  if (!out || fclose(out) != 0) give_up(file);
  json_decref(result);
}

static void size(const char *words) {
  int width = 0, height = 0;
  char scheme[20] = "light";
  (void)sscanf(words, "%d %d %19s", &width, &height, scheme);
  tell("Emulation.setDeviceMetricsOverride", json_pack("{s:i,s:i,s:i,s:b}", "width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  tell("Emulation.setEmulatedMedia", json_pack("{s:[{s:s,s:s}]}", "features", "name", "prefers-color-scheme", "value", scheme));
}

static void check(char *words, int number_of) {
  char *expression = strchr(words, '|');
  if (!expression) give_up("check NAME | JAVASCRIPT");
  *expression++ = 0;
  long long until = now_ms() + WAIT_MS;
  json_t *found;
  bool good;
  for (;;) {
    found = value(expression);
    good = found && !json_is_false(found) && !json_is_null(found) && !(json_is_string(found) && !json_string_length(found)) &&
           !(json_is_integer(found) && !json_integer_value(found));
    if (good || now_ms() > until) break;
    rest(found);
  }
  if (!good) {
    json_t *page = value("location.href + '  ' + document.body.innerText.slice(0, 600).replace(/\\n/g, ' / ')");
    printf("# %s\n", json_string_value(page) ? json_string_value(page) : "no page");
    json_decref(page);
  }
  printf("%s %d - %s\n", good ? "ok" : "not ok", number_of, words);
  (void)fflush(stdout);
  json_decref(found);
}

static void say(char *words) {
  char *expression = strchr(words, '|');
  if (!expression) give_up("say NAME | JAVASCRIPT");
  *expression++ = 0;
  json_t *found = value(expression);
  printf("bench %s%s\n", words, json_string_value(found) ? json_string_value(found) : "nothing");
  (void)fflush(stdout);
  json_decref(found);
}

int main(int argc, char **argv) {
  char line[4000], path[4200];
  if (argc != 5) give_up("BROWSER PROFILE BASE FIRST");
  int checks = atoi(argv[4]);
  start(argv[1], argv[2]);
  json_t *target = call("Target.createTarget", json_pack("{s:s}", "url", "about:blank"));
  json_t *attached = call("Target.attachToTarget", json_pack("{s:s,s:b}", "targetId", json_string_value(json_object_get(target, "targetId")), "flatten", 1));
  (void)snprintf(browser.session, sizeof browser.session, "%s", json_string_value(json_object_get(attached, "sessionId")));
  json_decref(target), json_decref(attached);
  tell("Page.enable", NULL);
  tell("Page.addScriptToEvaluateOnNewDocument", json_pack("{s:s}", "source", helpers));
  while (fgets(line, sizeof line, stdin)) {
    line[strcspn(line, "\n")] = 0;
    char *words = strchr(line, ' ');
    if (!line[0] || line[0] == '#') continue;
    if (words) *words++ = 0;
    if (!words) give_up(line);
    if (strcmp(line, "go") == 0) (void)snprintf(path, sizeof path, "%s%s", argv[3], words), tell("Page.navigate", json_pack("{s:s}", "url", path));
    else if (strcmp(line, "size") == 0) size(words);
    else if (strcmp(line, "do") == 0) json_decref(value(words));
    else if (strcmp(line, "type") == 0) tell("Input.insertText", json_pack("{s:s}", "text", words));
    else if (strcmp(line, "key") == 0)
      for (char *rest = NULL, *name = strtok_r(words, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) key(name);
    else if (strcmp(line, "press") == 0 || strcmp(line, "drag") == 0) {
      if (!press(words)) printf("not ok %d - %s %s\n", checks++, line, words);
    } else if (strcmp(line, "shot") == 0) shot(words);
    else if (strcmp(line, "say") == 0) say(words);
    else if (strcmp(line, "check") == 0) check(words, checks++);
    else give_up(line);
  }
  browser.session[0] = 0;
  tell("Browser.close", NULL);
  (void)waitpid(browser.pid, NULL, 0);
  free(browser.in);
  printf("1..%d\n", checks - 1);
  return 0;
}
