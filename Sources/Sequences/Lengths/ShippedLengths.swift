/// Distributions that need no file, each with its source; what is a shape drawn through published numbers says so.
public enum ShippedLengths {
    /// Their names.
    public static let names = ["uniform", "github", "byted-long", "sft-chat", "rl-rollout"]

    /// The distribution of a name, whole: samples may be longer than a row of `longest` tokens, up to which `uniform` goes; nil where the name is none.
    public static func distribution(_ name: String, longest: Int) -> LengthDistribution? {
        switch name {
        case "uniform":
            let bins = 64
            return LengthDistribution(
                name: name, source: "every length up to the longest alike",
                lengths: (1...bins).map { max(1, longest * $0 / bins) }, weights: Array(repeating: 1, count: bins))
        case "byted-long": return byted
        case "github": return github
        case "sft-chat":
            return logNormal(
                name, mean: 568, deviation: 1.1,
                source: "mean of LMSYS-Chat-1M, 2.0 turns of 69.5 and 214.5 tokens (Zheng et al., arXiv:2309.11998, table 1); "
                    + "a log-normal shape of deviation 1.1 is assumed")
        case "rl-rollout":
            return logNormal(
                name, mean: 4000, deviation: 1.0,
                source:
                    "a log-normal shape of mean 4,000 and deviation 1.0, of reasoning rollouts whose 99th percentile is some ten times the "
                    + "median; assumed, not measured")
        default: return nil
        }
    }

    /// ByteScale's long-context mix (Ge et al., arXiv:2502.21231, §3 and figure 4), drawn through its published shares: 80 % of samples up to 4K,
    /// 1 % from 128K on with 44.3 % of the tokens, 37 % of the tokens above 256K, 0.05 % at 2M with 12.1 %. Between those it is a power law.
    public static let byted = table(
        "byted-long", source: "published shares of ByteScale's long-context data (arXiv:2502.21231), power laws between them",
        [
            (92, 0.133333333), (185, 0.133333333), (369, 0.133333333), (739, 0.133333333), (1477, 0.133333333), (2955, 0.133333335),
            (4867, 0.0402448887), (6883, 0.0328342831), (9733, 0.0267882501), (13_765, 0.0218555204), (19_467, 0.0178310928),
            (27_530, 0.0145477144), (38_934, 0.0118689301), (55_061, 0.0096834113), (77_868, 0.0079003292), (110_122, 0.0064455799),
            (155_094, 0.0020394419), (219_337, 0.0014421032), (302_151, 0.0043433425), (427_306, 0.0012103474), (604_302, 0.0003372843),
            (854_613, 0.0000939901), (1_208_605, 0.0000261920), (1_709_226, 0.0000072988), (2_097_152, 0.0005),
        ])

    /// GitHub's files as ByteScale has them: 16.2 % of the tokens above 128K, 9.8 % above 256K.
    public static let github = table(
        "github", source: "published shares of ByteScale's GitHub data (arXiv:2502.21231), a power law between them",
        [
            (128, 0.22), (256, 0.2), (512, 0.18), (1024, 0.15), (2048, 0.11), (4096, 0.07), (8192, 0.039), (16_384, 0.0178),
            (32_768, 0.0078), (65_536, 0.00365), (105_000, 0.001345), (181_700, 0.00087606), (363_400, 0.000435977), (726_800, 0.000117378),
        ])

    private static func table(_ name: String, source: String, _ rows: [(Int, Double)]) -> LengthDistribution {
        guard let made = LengthDistribution(name: name, source: source, lengths: rows.map(\.0), weights: rows.map(\.1)) else {
            preconditionFailure("a shipped table has lengths")
        }
        return made
    }

    /// A log-normal shape of a mean in tokens and a deviation of the logarithm: 63 equal shares of 1/64, and the last halved again and again down to
    /// 2⁻²⁰, so that the longest of a million samples are there. Each share has its middle quantile.
    private static func logNormal(_ name: String, mean: Double, deviation: Double, source: String) -> LengthDistribution {
        let body = 63
        let tail = (7...20).map { 1 / Double(1 << $0) }
        let shares = Array(repeating: 1 / 64.0, count: body) + tail + [tail[tail.count - 1]]
        var below = 0.0
        let raw = shares.map { share in
            below += share
            return exponential(deviation * normalQuantile(below - share / 2))
        }
        let scale = mean / zip(raw, shares).reduce(0) { $0 + $1.0 * $1.1 }
        return table(name, source: source, zip(raw, shares).map { (max(1, Int(($0 * scale).rounded())), $1) })
    }
}
