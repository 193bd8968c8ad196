public import Hardware
import Quantities

/// Time of a matrix product on one GPU.
///
/// `t0 + ((F/(e·peak)·(1+c(q−1))·(1+kr/k))⁴ + (bytes/(eb·bw))⁴)^¼`: a soft maximum of arithmetic and memory traffic, where q is the
/// wave-quantisation overhead of the best tile shape, c the share of it that is realised, and kr the depth over which the main loop starts
/// up. The fourth power makes the knee as sharp as measured kernels show (docs/accuracy.md).
public struct MatrixProduct: Sendable {
    /// Fixed time of a launch, in s.
    public let latency: Double
    /// Sustained 16-bit rate of a large product, in FLOP/s.
    public let rate: Double
    /// Sustained rate of a large product in the job's low precision, in FLOP/s; equals `rate` in 16-bit jobs.
    public let lowRate: Double
    /// Bytes of an input element in low precision.
    let lowBytes: Double
    let rampDepth: Double
    let lowRampDepth: Double
    let memoryRate: Double
    let multiprocessors: Double
    let waveTail: Double
    let tilePenalty: Double

    /// The products of a GPU at a precision.
    ///
    /// - Parameter derate: Sustained over burst time of 16-bit kernels; 1 gives burst times, as operator benchmarks measure them.
    /// - Parameter speed: What the software's release makes of the rates.
    public init(gpu: GPU, precision: PrecisionFormat, derate: Double, speed: Double = 1, constants: SharedConstants = .fitted) {
        let kernels = gpu.kernels
        latency = kernels.gemmLatency.value
        rampDepth = kernels.gemmRampDepth
        memoryRate = kernels.gemmMemoryEfficiency * gpu.memoryBandwidth.value
        multiprocessors = Double(gpu.multiprocessors)
        waveTail = constants.waveTailShare
        tilePenalty = constants.tilePenalty
        let half = gpu.peak.half.value * kernels.gemmEfficiency / derate * speed
        let eight = (gpu.peak.eight ?? gpu.peak.half).value * kernels.lowPrecisionEfficiency * speed
        switch precision {
        case .sixteen: (rate, lowRate, lowBytes) = (half, half, 2)
        case .thirtyTwo:
            let single = gpu.peak.single.value * kernels.gemmEfficiency / derate * speed
            (rate, lowRate, lowBytes) = (single, single, 4)
        case .eight: (rate, lowRate, lowBytes) = (half, eight, 1)
        case .eightByRow: (rate, lowRate, lowBytes) = (half, max(half, eight * constants.rowScaledRate), 1)
        case .four: (rate, lowRate, lowBytes) = (half, eight * kernels.fourBitGain, 1)
        }
        lowRampDepth = precision.isLow ? kernels.lowPrecisionRampDepth : kernels.gemmRampDepth
    }

    /// Time in seconds of an m×k by k×n product; `low` runs it in the job's low precision.
    public func seconds(_ m: Double, _ n: Double, _ k: Double, low: Bool = true) -> Double {
        guard m > 0, n > 0, k > 0 else { return 0 }
        let ramp = 1 + (low ? lowRampDepth : rampDepth) / k
        let arithmetic = 2 * m * n * k / (low ? lowRate : rate) * (1 + waveTail * (quantisation(m, n) - 1)) * ramp
        let traffic = ((low ? lowBytes : 2) * (m * k + n * k) + 2 * m * n) / memoryRate
        return latency + softFourth(arithmetic, traffic)
    }

    /// Work of whole waves of tiles over the work needed, with the best of seven tile shapes; each halving of the tile costs a penalty.
    func quantisation(_ m: Double, _ n: Double) -> Double {
        let smaller = 1 + tilePenalty
        let smallest = 1 + 2 * tilePenalty
        var best = min(waves(m, n, 128, 256), waves(m, n, 256, 128))
        best = min(best, smaller * min(waves(m, n, 128, 128), min(waves(m, n, 64, 256), waves(m, n, 256, 64))))
        return min(best, smallest * min(waves(m, n, 64, 128), waves(m, n, 128, 64)))
    }

    private func waves(_ m: Double, _ n: Double, _ tileRows: Double, _ tileColumns: Double) -> Double {
        let tiles = (m / tileRows).rounded(.up) * (n / tileColumns).rounded(.up)
        return (tiles / multiprocessors).rounded(.up) * multiprocessors * tileRows * tileColumns / (m * n)
    }
}

/// The width class of a number format, which picks the tensor cores' rate.
public enum PrecisionFormat: Sendable {
    /// fp32 through TF32 tensor cores.
    case thirtyTwo
    /// bf16 or fp16.
    case sixteen
    /// fp8 or mxfp8.
    case eight
    /// fp8 with a scale for each row, which other kernels multiply.
    case eightByRow
    /// nvfp4.
    case four

    /// Whether it is narrower than 16 bits.
    var isLow: Bool {
        switch self {
        case .eight, .eightByRow, .four: true
        case .sixteen, .thirtyTwo: false
        }
    }
}

/// (a⁴ + b⁴)^¼, a maximum with a rounded knee.
@inline(__always)
func softFourth(_ a: Double, _ b: Double) -> Double {
    let a2 = a * a
    let b2 = b * b
    return (a2 * a2 + b2 * b2).squareRoot().squareRoot()
}
