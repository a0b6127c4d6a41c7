package io.github.dar.fetch;

import io.github.dar.config.UserException;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The other end of a download: a web server, or a file on this machine. */
final class Remote {

  /** The longest wait for a connection, for an answer, and for more of it. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int PARTIAL = 206;
  private static final int OUT_OF_RANGE = 416;
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-\\d+/(\\d+|\\*)");

  private Remote() {}

  /**
   * What it answers.
   *
   * @param body the bytes from {@code start} on
   * @param start 0 where the server sends the file from its beginning, whatever was asked for
   * @param total bytes of the whole file, 0 if not known
   * @param validator what it calls this version of the file, or empty
   * @param sha256 what it says the file has, or empty
   */
  record Reply(PatientStream body, long start, long total, String validator, String sha256)
      implements Closeable {
    @Override
    public void close() throws IOException {
      body.close();
    }
  }

  /**
   * Asks for a file.
   *
   * @param url http, https or file
   * @param from the first byte that is missing
   * @param validator the version that the bytes before are of
   * @param target named in messages
   * @param patience the longest that nothing may come of the body
   */
  static Reply open(URI url, long from, String validator, Path target, Duration patience)
      throws IOException, InterruptedException {
    String scheme = String.valueOf(url.getScheme());
    return switch (scheme) {
      case "file" -> local(url, patience);
      case "http", "https" -> remote(url, from, validator, target, patience);
      default -> throw new UserException(url + ": give a URL that starts with http, https or file");
    };
  }

  private static Reply local(URI url, Duration patience) {
    try {
      Path file = Path.of(url);
      PatientStream body = new PatientStream(new FileInputStream(file.toFile()), patience);
      return new Reply(body, 0, Files.size(file), "", "");
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException(url + " can't be read: " + e.getMessage() + "; check the path", e);
    }
  }

  private static Reply remote(URI url, long from, String validator, Path target, Duration patience)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(PATIENCE);
    if (from > 0) {
      // If the file has changed since, the server sends all of it instead.
      request.header("Range", "bytes=" + from + "-").header("If-Range", validator);
    }
    HttpResponse<InputStream> response = send(url, request.build(), target);
    if (response.statusCode() == OUT_OF_RANGE && from > 0) {
      response.body().close();
      String range = response.headers().firstValue("Content-Range").orElse("");
      if (range.equals("bytes */" + from)) {
        PatientStream nothing = new PatientStream(InputStream.nullInputStream(), patience);
        return new Reply(nothing, from, from, validator, stated(response));
      }
      response = send(url, HttpRequest.newBuilder(url).timeout(PATIENCE).build(), target);
    }
    int status = response.statusCode();
    if (status != 200 && status != PARTIAL) {
      response.body().close();
      throw new UserException(
          "%s: the server answers %d; see whether the file has moved, and put it at %s yourself or give --url"
              .formatted(url, status, target));
    }
    return reply(response, status == PARTIAL, patience);
  }

  private static HttpResponse<InputStream> send(URI url, HttpRequest request, Path target)
      throws InterruptedException {
    // No HTTP/2: libraries of files serve one long body, and some proxies know only 1.1.
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(PATIENCE)
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      String reason = e instanceof ConnectException ? "no connection" : "no answer";
      if (e instanceof HttpTimeoutException) {
        reason = "no answer within " + PATIENCE.toSeconds() + " s";
      }
      String detail = e.getMessage() == null ? "" : " (" + e.getMessage() + ")";
      throw new UserException(
          "%s: %s%s; check the network, or get the file elsewhere and put it at %s"
              .formatted(url, reason, detail, target),
          e);
    }
  }

  private static Reply reply(
      HttpResponse<InputStream> response, boolean partial, Duration patience) {
    long start = 0;
    long total = response.headers().firstValueAsLong("Content-Length").orElse(0);
    if (partial) {
      String range = response.headers().firstValue("Content-Range").orElse("");
      Matcher matcher = CONTENT_RANGE.matcher(range);
      if (!matcher.matches()) {
        throw new UserException(
            response.uri() + ": the server's answer makes no sense (" + range + "); try again");
      }
      start = Long.parseLong(matcher.group(1));
      total += start;
    }
    PatientStream body = new PatientStream(response.body(), patience);
    return new Reply(body, start, total, validator(response), stated(response));
  }

  /** A weak ETag says only that two versions mean the same. */
  private static String validator(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("ETag")
        .filter(tag -> !tag.startsWith("W/"))
        .or(() -> response.headers().firstValue("Last-Modified"))
        .orElse("");
  }

  /** Hugging Face states the sum of a large file where it redirects to the file's storage. */
  private static String stated(HttpResponse<?> response) {
    Optional<? extends HttpResponse<?>> answer = Optional.of(response);
    while (answer.isPresent()) {
      Optional<String> tag = answer.get().headers().firstValue("X-Linked-ETag");
      if (tag.isPresent() && tag.get().matches("\"?[0-9a-f]{64}\"?")) {
        return tag.get().replace("\"", "");
      }
      answer = answer.get().previousResponse();
    }
    return "";
  }
}
