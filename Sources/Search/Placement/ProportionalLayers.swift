/// Deals layers to stages of different speed so that the slowest stage takes least time.
///
/// Each layer goes to the stage that would finish it first, which is optimal for equal layers: with a speed ratio of 1.18, 48 layers become
/// 26 and 22, and 30 become 16 and 14, as Holmes ships them (Yang et al., Holmes, ICPP 2024). Every stage gets a layer if there are enough.
///
/// - Parameters:
///   - total: layers to deal.
///   - speeds: relative speed of each stage, positive.
/// - Returns: layers of each stage; their sum is `total`.
public func proportionalLayers(total: Int, speeds: [Double]) -> [Int] {
    precondition(!speeds.isEmpty && speeds.allSatisfy { $0 > 0 }, "speeds are positive")
    let least = total >= speeds.count ? 1 : 0
    var layers = [Int](repeating: least, count: speeds.count)
    for _ in 0..<(total - least * speeds.count) {
        var chosen = 0
        for stage in speeds.indices.dropFirst() {
            let gain = Double(layers[stage] + 1) / speeds[stage]
            if gain < Double(layers[chosen] + 1) / speeds[chosen] { chosen = stage }
        }
        layers[chosen] += 1
    }
    return layers
}
