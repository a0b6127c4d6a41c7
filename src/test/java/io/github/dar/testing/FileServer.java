package io.github.dar.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A web server on loopback that serves one file at /file, as well or as badly as a test wants. */
public final class FileServer implements AutoCloseable {

  private final HttpServer server;
  private final List<String> ranges = new CopyOnWriteArrayList<>();
  private volatile byte[] content;
  private volatile String etag = "\"one\"";
  private volatile boolean knowsRanges = true;
  private volatile int sends = Integer.MAX_VALUE;
  private volatile CountDownLatch beforeCut;
  private volatile String linkedEtag = "";

  public FileServer(byte[] content) {
    this.content = content.clone();
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/file", this::answer);
    server.createContext("/moved", this::redirect);
    server.start();
  }

  public URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** Serves another version from now on. */
  public void change(byte[] newContent, String newEtag) {
    content = newContent.clone();
    etag = newEtag;
  }

  /** Sends so many bytes of an answer, and when the other side has seen some, breaks off. */
  public void cutAfter(int bytes, CountDownLatch seen) {
    sends = bytes;
    beforeCut = seen;
  }

  /** Sends so many bytes of an answer, then nothing any more. */
  public void stallAfter(int bytes) {
    sends = bytes;
  }

  public void forgetRanges() {
    knowsRanges = false;
  }

  /** What the redirecting answer states as the file's sum. */
  public void state(String sum) {
    linkedEtag = sum;
  }

  /** The Range header of each request, or "all". */
  public List<String> ranges() {
    return List.copyOf(ranges);
  }

  private void redirect(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().add("Location", "/file");
    exchange.getResponseHeaders().add("X-Linked-ETag", '"' + linkedEtag + '"');
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    String ifRange = exchange.getRequestHeaders().getFirst("If-Range");
    ranges.add(range == null ? "all" : range);
    int from = 0;
    if (range != null && knowsRanges && etag.equals(ifRange)) {
      from = Integer.parseInt(range.replaceAll("\\D", ""));
    }
    if (!etag.isEmpty()) {
      exchange.getResponseHeaders().add("ETag", etag);
    }
    if (from > 0 && from >= content.length) {
      exchange.getResponseHeaders().add("Content-Range", "bytes */" + content.length);
      exchange.sendResponseHeaders(416, -1);
      exchange.close();
      return;
    }
    if (from > 0) {
      String sent = "bytes %d-%d/%d".formatted(from, content.length - 1, content.length);
      exchange.getResponseHeaders().add("Content-Range", sent);
    }
    byte[] rest = Arrays.copyOfRange(content, from, content.length);
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, rest.length);
    OutputStream body = exchange.getResponseBody();
    body.write(rest, 0, Math.min(sends, rest.length));
    body.flush();
    if (sends >= rest.length) {
      body.close();
    } else if (beforeCut != null) {
      await(beforeCut);
      throw new IOException("cut, as asked"); // the server closes the connection
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
