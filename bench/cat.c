/* The cheapest transformer there can be: what remains of a build's time is Kustomize's own. */
#include <unistd.h>

int main(void) {
  static char buffer[1 << 16];
  for (ssize_t n; (n = read(0, buffer, sizeof buffer)) > 0;)
    for (ssize_t done = 0, m; done < n; done += m)
      if ((m = write(1, buffer + done, n - done)) < 0) return 1;
  return 0;
}
