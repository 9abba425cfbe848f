/*
 * The cheapest transformers there can be: what remains of a build's time is Kustomize's own. Without arguments, answers
 * what it is asked; with the path of a file, reads what it is asked and answers that file.
 */
#include <fcntl.h>
#include <unistd.h>

static char buffer[1 << 16];

static int copy(int from, int to) {
  for (ssize_t n; (n = read(from, buffer, sizeof buffer)) > 0;)
    for (ssize_t done = 0, m; to >= 0 && done < n; done += m)
      if ((m = write(to, buffer + done, n - done)) < 0) return 1;
  return 0;
}

int main(int count, char **arguments) {
  if (count < 2) return copy(0, 1);
  const int answer = open(arguments[1], O_RDONLY);
  return answer < 0 || copy(0, -1) || copy(answer, 1);
}
