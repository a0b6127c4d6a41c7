package io.github.dar.view;

import io.github.dar.data.RgbImage;
import java.util.List;

/**
 * A picture that forms on a page: its frames lie side by side in one strip, of which the page shows
 * one after the other. All flipbooks of a page turn together, by themselves or by the slider.
 */
public final class Flipbook {

  private Flipbook() {}

  /**
   * The picture.
   *
   * @param frames of one size, the finished picture last
   * @param alternative what it shows, for those who can't see it
   */
  public static String of(List<RgbImage> frames, String alternative) {
    return "<div class=\"flipbook\" role=\"img\" aria-label=\"%s\" style=\"--frames:%d;--frame:%d;background-image:url(%s)\"></div>"
        .formatted(
            Html.text(alternative),
            frames.size(),
            frames.size() - 1,
            Html.dataUrl(Grid.of(frames.size()).withPadding(0).draw(frames)));
  }

  /**
   * What turns the pages.
   *
   * @param labels one a frame, as the slider says them
   */
  public static String slider(List<String> labels) {
    int last = labels.size() - 1;
    return """
        <p class="slider"><button type="button" aria-label="play or pause">pause</button>
        <input type="range" min="0" max="%d" value="%d" aria-label="step" data-labels="%s">
        <output>%s</output></p>
        """
        .formatted(last, last, Html.text(String.join("|", labels)), Html.text(labels.get(last)));
  }
}
